import type { EncodedError } from "../encoded-error.ts";
import { goJsonString } from "../go-types/go-json.ts";
import { goQuote } from "../json/go-quote.ts";

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

/** The same on the routes of embeddings. */
export const unpulledModelMessage = (model: string): string =>
  `model ${goQuote(model)} not found, try pulling it first`;

const errorRecord = (message: string): string => `{"error":${goJsonString(message)}}`;
