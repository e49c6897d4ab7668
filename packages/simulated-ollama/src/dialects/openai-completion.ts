import type { WholeAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import { type Dialect, joinPieces, type TimedClosing } from "./dialect.ts";
import { openaiRefusal } from "./openai-error.ts";

/** What decides the form of one answer. */
export interface CompletionForm {
  /** Echoed as sent. */
  readonly model: string;
  /** `cmpl-` and a small number. */
  readonly id: string;
  readonly isStream: boolean;
  readonly includesUsage: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `/v1/completions`: thoughts are left out, and with usage wanted every chunk but the last carries one of zeros. */
export function openaiCompletion(form: CompletionForm): Dialect {
  const { chunk, ending, single } = completionFrames(form);
  return {
    streamHeaders: eventStream,
    piece: (piece) => [chunk(piece.content, null)],
    closing: (closing) => [ending(closing.reason, closing)],
    whole({ pieces, closing }) {
      return single(joinPieces(pieces).content, closing?.reason ?? null, closing);
    },
    // Here a load is a stream of one record, so short that Go gives it a length.
    loadOnly: (reason) =>
      form.isStream
        ? { status: 200, headers: eventStream, body: ending(reason, undefined) }
        : single("", reason, undefined),
    renderOnly: () => single("", null, undefined),
    refuse: openaiRefusal,
    // The error record is read as an empty one: no model, no text, and no [DONE] after it.
    broken: () => [chunk("", null, { model: "" })],
  };
}

const eventStream = [["Content-Type", "text/event-stream"]] as const;

function completionFrames(form: CompletionForm) {
  const { id, model, includesUsage } = form;
  const created = () => Math.floor(form.now() / 1000);
  const choice = (text: string, finish_reason: string | null) => ({ text, index: 0, finish_reason });
  const shared = { object: "text_completion", system_fingerprint: "fp_ollama" };
  const event = (choices: readonly object[], usage: object | undefined, named = model) => {
    const { object, system_fingerprint } = shared;
    const record = { id, object, created: created(), choices, model: named, system_fingerprint, usage };
    return `data: ${encodeGo(record)}\n\n`;
  };
  const zero = includesUsage ? usageOf(undefined) : undefined;
  const chunk = (text: string, reason: string | null, named: { model?: string } = {}) =>
    event([choice(text, reason)], zero, named.model);
  const ending = (reason: string, closing: TimedClosing | undefined) =>
    `${chunk("", reason)}${includesUsage ? event([], usageOf(closing)) : ""}data: [DONE]\n\n`;
  const single = (text: string, reason: string | null, closing: TimedClosing | undefined): WholeAnswer => {
    const { object, system_fingerprint } = shared;
    const choices = [choice(text, reason)];
    const record = { id, object, created: created(), model, system_fingerprint, choices, usage: usageOf(closing) };
    return { status: 200, headers: [["Content-Type", "application/json"]], body: `${encodeGo(record)}\n` };
  };
  return { chunk, ending, single };
}

function usageOf(closing: TimedClosing | undefined): object {
  const prompt = closing?.promptTokens ?? 0;
  const answer = closing?.answerTokens ?? 0;
  return { prompt_tokens: prompt, completion_tokens: answer, total_tokens: prompt + answer };
}
