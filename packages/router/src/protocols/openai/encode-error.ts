import type { EncodedError } from "../encoded-error.ts";
import { goJsonString } from "../go-types/go-json.ts";

/** A whole error reply in the OpenAI dialect, in the bytes that Ollama sends once a body was read. */
export const encodeError = (status: number, message: string): EncodedError => ({
  status,
  contentType: "application/json",
  body: `${errorObject(status, message)}\n`,
});

/** The same for a body that could not be read: Ollama finds those one step earlier, with another type and no line end. */
export const encodeUnreadable = (status: number, message: string): EncodedError => ({
  status,
  contentType: "application/json; charset=utf-8",
  body: errorObject(status, message),
});

/**
 * The event that ends a begun stream, without `[DONE]`. `closing` are the bytes that close a partial event, as the tap's
 * reading tells them; `status` is the one that the error would have had before the first byte.
 */
export const encodeStreamError = (closing: string, { status, message }: { status: number; message: string }): string =>
  `${closing}data: ${errorObject(status, message)}\n\n`;

const errorObject = (status: number, message: string): string =>
  `{"error":{"message":${goJsonString(message)},"type":"${errorType(status)}","param":null,"code":null}}`;

const errorType = (status: number): string => {
  if (status === 400) return "invalid_request_error";
  return status === 404 ? "not_found_error" : "api_error";
};
