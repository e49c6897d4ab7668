import type { Piece } from "../../generation/plan-answer.ts";
import type { RawHeaders, WholeAnswer } from "../../http/answer.ts";
import { encodeGo } from "../../json/encode-go.ts";
import { type Dialect, joinPieces, type TimedClosing } from "../dialect.ts";
import { anthropicRefusal } from "./anthropic-error.ts";
import { anthropicId } from "./anthropic-id.ts";
import { createMessageEvents, type MessageUsage, stopReasonOf } from "./message-events.ts";

/** What decides the form of one answer. */
export interface MessagesForm {
  /** Echoed as sent. */
  readonly model: string;
  readonly isStream: boolean;
  /** The guess of the prompt's tokens that a stream starts with. */
  readonly estimatedTokens: number;
  /** Numbers from 0 up to 1, for ids. */
  readonly random: () => number;
}

/** `/v1/messages`. A stream whose runner dies just ends. */
export function anthropicMessages(form: MessagesForm): Dialect {
  const { model, isStream, random } = form;
  const id = anthropicId("msg", random);
  const events = createMessageEvents({ id, model, estimatedTokens: form.estimatedTokens });
  const single = (pieces: readonly Piece[], reason: string | undefined, usage: MessageUsage): WholeAnswer => {
    const content = contentOf(pieces);
    const hasCalled = pieces.some((piece) => piece.toolCall !== undefined);
    const stop_reason = reason === undefined ? undefined : stopReasonOf(reason, hasCalled);
    const message = { id, type: "message", role: "assistant", model, content, stop_reason, usage };
    return { status: 200, headers: [["Content-Type", "application/json"]], body: `${encodeGo(message)}\n` };
  };
  return {
    streamHeaders: [...earlyHeaders, ["Content-Type", "text/event-stream"]],
    piece: events.piece,
    closing: (closing) => events.end(closing.reason, usageOf(closing)),
    broken: () => [],
    whole: ({ pieces, closing }) => single(pieces, closing?.reason, usageOf(closing)),
    loadOnly: (reason) => (isStream ? events.end(reason, noUsage) : single([], reason, noUsage)),
    renderOnly: () => single([], undefined, noUsage),
    refuse: (refusal) => anthropicRefusal(refusal, isStream ? earlyHeaders : [], random),
  };
}

/** Set before the model is looked for, so errors of a stream have them too. */
const earlyHeaders: RawHeaders = [
  ["Cache-Control", "no-cache"],
  ["Connection", "keep-alive"],
];

/** Thought, text, calls: whatever of them there is; nothing at all is null. */
function contentOf(pieces: readonly Piece[]): readonly object[] | null {
  const { content, thinking } = joinPieces(pieces);
  const calls = pieces.flatMap((piece) => piece.toolCall ?? []);
  const blocks = [
    ...(thinking === "" ? [] : [{ type: "thinking", thinking }]),
    ...(content === "" ? [] : [{ type: "text", text: content }]),
    ...calls.map((call) => ({ type: "tool_use", id: call.id, name: call.name, input: call.arguments })),
  ];
  return blocks.length > 0 ? blocks : null;
}

const noUsage: MessageUsage = { input_tokens: 0, output_tokens: 0 };

function usageOf(closing: TimedClosing | undefined): MessageUsage {
  return { input_tokens: closing?.promptTokens ?? 0, output_tokens: closing?.answerTokens ?? 0 };
}
