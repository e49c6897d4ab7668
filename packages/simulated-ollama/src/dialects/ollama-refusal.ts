import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import type { Chunks, Refusal } from "./dialect.ts";

/** `{"error":…}`, framed as the native routes do at that stage. */
export function ollamaRefusal(refusal: Refusal): WholeAnswer {
  const body = encodeGo({ error: refusal.text });
  if (refusal.stage === "route") return jsonAnswer(refusal.status, body);
  return { status: refusal.status, headers: [["Content-Type", "application/json"]], body, isFlushed: true };
}

/** The last line of a native stream whose runner died. */
export function ollamaBroken(text: string): Chunks {
  return [`${encodeGo({ error: text })}\n`];
}
