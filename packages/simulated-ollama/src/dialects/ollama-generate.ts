import type { Piece } from "../generation/plan-answer.ts";
import { fingerprint } from "../generation/random.ts";
import { jsonAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import { toRfc3339Nano } from "../json/go-time.ts";
import { type Dialect, joinPieces, type TimedClosing } from "./dialect.ts";
import { ollamaMetrics } from "./ollama-metrics.ts";
import { ollamaBroken, ollamaRefusal } from "./ollama-refusal.ts";

/** What decides the form of `/api/generate`'s records. */
export interface GenerateForm {
  /** Echoed as sent. */
  readonly model: string;
  /** Raw prompts get no `context` in the last record. */
  readonly isRaw: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `/api/generate` for one request. */
export function ollamaGenerate(form: GenerateForm): Dialect {
  const record = (response: string, rest: object) =>
    encodeGo({ model: form.model, created_at: toRfc3339Nano(form.now()), response, ...rest });
  const context = (closing: TimedClosing | undefined) =>
    form.isRaw || closing === undefined ? {} : { context: contextTokens(closing) };
  return {
    streamHeaders: [["Content-Type", "application/x-ndjson"]],
    piece: (piece) => [
      `${record(piece.content, { thinking: piece.thinking, done: false, logprobs: logprobsOf([piece]) })}\n`,
    ],
    closing: (closing) => [
      `${record("", { done: true, done_reason: closing.reason, ...context(closing), ...ollamaMetrics(closing) })}\n`,
    ],
    whole({ pieces, closing }) {
      const { content, thinking } = joinPieces(pieces);
      const rest = {
        thinking: thinking === "" ? undefined : thinking,
        done: closing !== undefined,
        done_reason: closing?.reason,
        ...context(closing),
        ...ollamaMetrics(closing),
        logprobs: logprobsOf(pieces),
      };
      return jsonAnswer(200, record(content, rest));
    },
    loadOnly: (reason) => jsonAnswer(200, record("", { done: true, done_reason: reason })),
    renderOnly: (prompt) => jsonAnswer(200, record("", { done: false, _debug_info: { rendered_template: prompt } })),
    refuse: ollamaRefusal,
    broken: ollamaBroken,
  };
}

function logprobsOf(pieces: readonly Piece[]): readonly unknown[] | undefined {
  const logprobs = pieces.flatMap((piece) => piece.logprob ?? []);
  return logprobs.length > 0 ? logprobs : undefined;
}

/** Token numbers of prompt and answer: right in number, made up in value. */
function contextTokens(closing: TimedClosing): readonly number[] {
  const count = closing.promptTokens + closing.answerTokens;
  return Array.from({ length: count }, (_, index) => fingerprint(String(index)) % 49_152);
}
