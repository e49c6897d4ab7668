import type { Piece, ToolCall } from "../generation/plan-answer.ts";
import type { WholeAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import { type Dialect, joinPieces, type TimedClosing } from "./dialect.ts";
import { openaiRefusal } from "./openai-error.ts";

/** What decides the form of one answer. */
export interface OpenaiForm {
  /** Echoed as sent. */
  readonly model: string;
  /** `chatcmpl-` and a small number. */
  readonly id: string;
  readonly includesUsage: boolean;
  /** The role stands in every chunk, also in the last one: so until 0.32.5, while later ones name it once. */
  readonly repeatsRole: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `/v1/chat/completions`; the end of a stream is one HTTP chunk. */
export function openaiChat(form: OpenaiForm): Dialect {
  const { chunk, single } = openaiFrames(form);
  let hasCalled = false;
  let isFirst = true;
  const delta = (piece: Piece): object => {
    const { role, ...rest } = messageOf([piece]);
    const named = form.repeatsRole || isFirst;
    isFirst = false;
    return named ? { role, ...rest } : rest;
  };
  return {
    streamHeaders: [["Content-Type", "text/event-stream"]],
    piece(piece) {
      hasCalled ||= piece.toolCall !== undefined;
      return [chunk([{ index: 0, delta: delta(piece), finish_reason: null, logprobs: logprobsOf([piece]) }])];
    },
    closing(closing) {
      const finish_reason = reasonOf(closing, hasCalled);
      const finish = {
        index: 0,
        delta: form.repeatsRole ? { ...emptyMessage, content: closing.held ?? "" } : {},
        finish_reason,
      };
      const usage = form.includesUsage ? chunk([], { usage: usageOf(closing) }) : "";
      return [`${chunk([finish])}${usage}data: [DONE]\n\n`];
    },
    whole({ pieces, closing }) {
      const calls = pieces.some((piece) => piece.toolCall !== undefined);
      const finish_reason = closing === undefined ? null : reasonOf(closing, calls);
      const message = messageOf(pieces);
      return single({ index: 0, message, finish_reason, logprobs: logprobsOf(pieces) }, closing);
    },
    loadOnly: (reason) => single({ index: 0, message: emptyMessage, finish_reason: reason }, undefined),
    renderOnly: (prompt) => {
      const choice = { index: 0, message: { role: "", content: "" }, finish_reason: null };
      return single(choice, undefined, { _debug_info: { rendered_template: prompt } });
    },
    refuse: openaiRefusal,
    // The error record is read as an empty chat record: no model, no text, and no [DONE] after it.
    broken: () => [chunk([{ index: 0, delta: emptyMessage, finish_reason: null }], { model: "" })],
  };
}

const emptyMessage = { role: "assistant", content: "" };

/** The members that every object of the answer starts with; `rest` may replace the model's name in its place. */
function openaiFrames(form: OpenaiForm) {
  const begun = form.now();
  const created = () => Math.floor((form.repeatsRole ? form.now() : begun) / 1000);
  const frame = (object: string, rest: object) =>
    encodeGo({
      id: form.id,
      object,
      created: created(),
      model: form.model,
      system_fingerprint: "fp_ollama",
      ...rest,
    });
  const chunk = (choices: readonly object[], rest: object = {}) =>
    `data: ${frame("chat.completion.chunk", { choices, ...rest })}\n\n`;
  const single = (choice: object, closing: TimedClosing | undefined, rest: object = {}): WholeAnswer => {
    const body = frame("chat.completion", { choices: [choice], usage: usageOf(closing), ...rest });
    return { status: 200, headers: [["Content-Type", "application/json"]], body: `${body}\n` };
  };
  return { chunk, single };
}

function messageOf(pieces: readonly Piece[]) {
  const { content, thinking } = joinPieces(pieces);
  const calls = pieces.flatMap((piece) => piece.toolCall ?? []);
  return {
    role: "assistant",
    content,
    reasoning: thinking === "" ? undefined : thinking,
    tool_calls: calls.length === 0 ? undefined : calls.map(openaiCall),
  };
}

function openaiCall(call: ToolCall, index: number): object {
  const fn = { name: call.name, arguments: encodeGo(call.arguments) };
  return { id: call.id, index, type: "function", function: fn };
}

function logprobsOf(pieces: readonly Piece[]): object | undefined {
  const content = pieces.flatMap((piece) => piece.logprob ?? []);
  return content.length > 0 ? { content } : undefined;
}

function reasonOf(closing: TimedClosing, hasCalled: boolean): string {
  return hasCalled ? "tool_calls" : closing.reason;
}

function usageOf(closing: TimedClosing | undefined): object {
  const prompt = closing?.promptTokens ?? 0;
  const answer = closing?.answerTokens ?? 0;
  return { prompt_tokens: prompt, completion_tokens: answer, total_tokens: prompt + answer };
}
