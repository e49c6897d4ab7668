import { goJsonString } from "../../go-types/go-json.ts";

const CODE = "server_error";

/** The event that ends a begun stream of `/v1/responses`. */
export interface StreamError {
  readonly message: string;
  /** The event's number, one above the last one. */
  readonly sequence: number;
}

/**
 * `closing` are the bytes that close a partial event, as the tap's reading tells them. The members are in the order of
 * Ollama's events. The documented form is flat, the one that OpenAI's servers send is nested in `error`, and clients read one
 * or the other, so both are there.
 */
export const encodeStreamError = (closing: string, { message, sequence }: StreamError): string => {
  const text = goJsonString(message);
  const nested = `{"code":"${CODE}","message":${text},"param":null,"type":"${CODE}"}`;
  const members = `"code":"${CODE}","error":${nested},"message":${text},"param":null`;
  return `${closing}event: error\ndata: {${members},"sequence_number":${sequence},"type":"error"}\n\n`;
};
