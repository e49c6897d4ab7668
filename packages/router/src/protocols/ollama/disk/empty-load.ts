import { goJsonString } from "../../go-types/go-json.ts";

/** A load or an unload that needs no node. */
export interface EmptyLoad {
  /** The name as the client wrote it. */
  readonly model: string;
  readonly reason: "load" | "unload";
  /** The route that was asked, on which the form of the answer depends. */
  readonly route: "/api/generate" | "/api/chat";
  /** Unix epoch ms. */
  readonly at: number;
}

/** Ollama's answer to a request without a prompt: always one record in one piece, streamed or not. */
export function encodeEmptyLoad({ model, reason, route, at }: EmptyLoad): string {
  const content = route === "/api/chat" ? '"message":{"role":"assistant","content":""}' : '"response":""';
  const created = new Date(at).toISOString();
  return `{"model":${goJsonString(model)},"created_at":"${created}",${content},"done":true,"done_reason":"${reason}"}`;
}
