import type { EncodedError } from "../encoded-error.ts";
import { goJsonString } from "../go-types/go-json.ts";

/** An error on its way to an Anthropic client. */
export interface AnthropicError {
  readonly status: number;
  readonly message: string;
  readonly requestId: string;
}

/** A whole error reply in the Anthropic dialect, in the bytes that Ollama sends once a body was read. */
export const encodeError = (error: AnthropicError): EncodedError => ({
  status: error.status,
  contentType: "application/json",
  body: `${errorObject(error)}\n`,
});

/** The same for a body that could not be read: Ollama finds those one step earlier, with another type and no line end. */
export const encodeUnreadable = (error: AnthropicError): EncodedError => ({
  status: error.status,
  contentType: "application/json; charset=utf-8",
  body: errorObject(error),
});

/** The event that ends a begun stream; `closing` are the bytes that close a partial event. */
export const encodeStreamError = (closing: string, error: AnthropicError): string =>
  `${closing}event: error\ndata: ${errorObject(error)}\n\n`;

const types: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
  [529, "overloaded_error"],
]);

const errorObject = ({ status, message, requestId }: AnthropicError): string => {
  const type = types.get(status) ?? "api_error";
  return `{"type":"error","error":{"type":"${type}","message":${goJsonString(message)}},"request_id":${goJsonString(requestId)}}`;
};
