import type { Piece, ToolCall } from "../generation/plan-answer.ts";
import { jsonAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import { toRfc3339Nano } from "../json/go-time.ts";
import { type Dialect, joinPieces } from "./dialect.ts";
import { ollamaMetrics } from "./ollama-metrics.ts";
import { ollamaBroken, ollamaRefusal } from "./ollama-refusal.ts";

/** `/api/chat` for one request; `model` is echoed as sent, `now` is in milliseconds since the epoch. */
export function ollamaChat(model: string, now: () => number): Dialect {
  const record = (message: object, rest: object, role = "assistant") =>
    encodeGo({ model, created_at: toRfc3339Nano(now()), message: { role, ...message }, ...rest });
  return {
    streamHeaders: [["Content-Type", "application/x-ndjson"]],
    piece(piece) {
      const logprobs = piece.logprob === undefined ? {} : { logprobs: [piece.logprob] };
      return [`${record(messageOf([piece]), { done: false, ...logprobs })}\n`];
    },
    closing: (closing) => [
      `${record({ content: closing.held ?? "" }, { done: true, done_reason: closing.reason, ...ollamaMetrics(closing) })}\n`,
    ],
    whole({ pieces, closing }) {
      const logprobs = pieces.flatMap((piece) => piece.logprob ?? []);
      const rest = {
        done: closing !== undefined,
        done_reason: closing?.reason,
        logprobs: logprobs.length > 0 ? logprobs : undefined,
        ...ollamaMetrics(closing),
      };
      return jsonAnswer(200, record(messageOf(pieces), rest));
    },
    loadOnly: (reason) => jsonAnswer(200, record({ content: "" }, { done: true, done_reason: reason })),
    renderOnly: (prompt) =>
      jsonAnswer(200, record({ content: "" }, { done: false, _debug_info: { rendered_template: prompt } }, "")),
    refuse: ollamaRefusal,
    broken: ollamaBroken,
  };
}

function messageOf(pieces: readonly Piece[]): object {
  const { content, thinking } = joinPieces(pieces);
  const calls = pieces.flatMap((piece) => piece.toolCall ?? []);
  return {
    content,
    thinking: thinking === "" ? undefined : thinking,
    tool_calls: calls.length === 0 ? undefined : calls.map(nativeCall),
  };
}

function nativeCall(call: ToolCall, index: number): object {
  return { id: call.id, function: { index, name: call.name, arguments: call.arguments } };
}
