import { chatBody, MODEL, messagesBody } from "./chat.ts";
import { MARK } from "./record-count.ts";

/** The dialects in which the bench asks and is answered. */
export type DialectName = "native" | "openai" | "anthropic";

/** How a chat is asked for and streamed, in Ollama's own bytes. */
export interface Dialect {
  readonly path: string;
  /** A chat that asks for a stream. */
  readonly bodyFor: (model: string) => string;
  readonly contentType: string;
  /** What stands before the first piece of output. */
  readonly opening: string;
  readonly piece: (text: string) => string;
  readonly closing: string;
  /** Ends every whole answer, whoever wrote it: stands in its last bytes. */
  readonly ending: string;
}

const STAMP = { model: MODEL, created_at: "2026-01-01T00:00:00.000000000Z" };

/** What an answer of 96 tokens tells of its cost. */
export const USAGE = {
  done: true,
  done_reason: "stop",
  total_duration: 1_954_564_400,
  load_duration: 28_919_100,
  prompt_eval_count: 318,
  prompt_eval_duration: 212_402_293,
  eval_count: 96,
  eval_duration: 1_702_122_958,
};

const record = (content: string, rest: object): string =>
  `${JSON.stringify({ ...STAMP, message: { role: "assistant", content }, ...rest })}\n`;

const chunk = (content: string, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: "chatcmpl-301",
    object: "chat.completion.chunk",
    created: 1_767_225_600,
    model: MODEL,
    system_fingerprint: "fp_ollama",
    choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: finish }],
  })}\n\n`;

const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

const messageStart = event("message_start", {
  message: { id: "msg_1", type: "message", role: "assistant", model: MODEL, content: [] },
});

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  native: {
    path: "/api/chat",
    bodyFor: (model) => chatBody({ model, stream: true }),
    contentType: "application/x-ndjson",
    opening: "",
    piece: (text) => record(text, { done: false }),
    closing: record("", USAGE),
    ending: '"done":true',
  },
  openai: {
    path: "/v1/chat/completions",
    bodyFor: (model) => chatBody({ model, stream: true }),
    contentType: "text/event-stream",
    opening: "",
    piece: (text) => chunk(text, null),
    closing: `${chunk("", "stop")}data: [DONE]\n\n`,
    ending: "data: [DONE]",
  },
  anthropic: {
    path: "/v1/messages",
    bodyFor: (model) => messagesBody({ model, stream: true }),
    contentType: "text/event-stream",
    opening: messageStart + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    piece: (text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    closing: [
      event("content_block_stop", { index: 0 }),
      event("message_delta", {
        delta: { stop_reason: "end_turn" },
        usage: { input_tokens: 318, output_tokens: 96 },
      }),
      event("message_stop", {}),
    ].join(""),
    ending: '"message_stop"',
  },
};

/** A piece of output of about so many bytes, with the mark by which clients count. */
export function pieceOf({ piece }: Dialect, bytes: number): string {
  const words = Math.max(1, Math.round((bytes - piece(MARK).length) / WORD.length));
  return piece(WORD.repeat(words) + MARK);
}

const WORD = " word";
