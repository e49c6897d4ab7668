import type { ErrorCode } from "../domain/errors.ts";
import { encodeError as encodeAnthropic } from "./anthropic/encode-error.ts";
import { encodeError as encodeOllama } from "./ollama/encode-error.ts";
import { encodeError as encodeOpenAi } from "./openai/encode-error.ts";

/** An error that befell a call before its route could speak. */
export interface DoorError {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly requestId: string;
}

/** Tells an error in the dialect that a path belongs to; Herd's own routes tell sentence, code and what to do. */
export function encodeForPath(path: string, error: DoorError): { readonly contentType: string; readonly body: string } {
  if (path.startsWith("/v1/messages")) return encodeAnthropic(error);
  if (path.startsWith("/v1/")) return encodeOpenAi(error.status, error.message);
  if (path.startsWith("/api/")) return encodeOllama(error.status, error.message);
  const body = JSON.stringify({ error: error.message, code: error.code, hint: error.hint });
  return { contentType: "application/json; charset=utf-8", body };
}
