import type { EncodedError } from "../encoded-error.ts";
import { goJsonString } from "../go-types/go-json.ts";

/** A whole error reply in Ollama's native dialect. */
export const encodeError = (status: number, message: string): EncodedError => ({
  status,
  contentType: "application/json; charset=utf-8",
  body: errorRecord(message),
});

/**
 * The record that ends a begun NDJSON stream. `closing` are the bytes that close a partial record, as the tap's reading
 * tells them. The stream ends after it.
 */
export const encodeStreamError = (closing: string, message: string): string => `${closing}${errorRecord(message)}\n`;

/** The body for a model that no node has, on the chat, generate and show routes; the name as the client sent it. */
export const unknownModelMessage = (model: string): string => `model '${model}' not found`;

const errorRecord = (message: string): string => `{"error":${goJsonString(message)}}`;
