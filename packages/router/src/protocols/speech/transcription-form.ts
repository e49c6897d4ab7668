import { FormScanner } from "./multipart/form-scanner.ts";
import { readMediaType } from "./multipart/media-type.ts";
import { type FormReading, READ_FIELDS, readTranscription } from "./read-transcription.ts";

/** Reads the form of one request while it passes by. */
export interface TranscriptionForm {
  readonly observe: (chunk: Uint8Array) => void;
  /** To be called once, after the body's last byte. */
  readonly end: () => FormReading;
}

/** What of a request's head tells how to read its form. */
export interface FormHead {
  readonly contentType: string | undefined;
  /** Path and query: a value in the query counts more than the form's. */
  readonly path: string;
}

/** Ollama's sentences for a content type without a form in it. */
const NO_FORM = "request Content-Type isn't multipart/form-data";
const NO_BOUNDARY = "no multipart boundary param in Content-Type";

/** Begins to read a form. */
export function createTranscriptionForm({ contentType = "", path }: FormHead): TranscriptionForm {
  const media = readMediaType(contentType);
  const boundary = media?.parameters.get("boundary");
  const query = new URLSearchParams(path.includes("?") ? path.slice(path.indexOf("?")) : "");
  if (media?.type !== "multipart/form-data" || boundary === undefined) {
    const problem = media?.type === "multipart/form-data" ? NO_BOUNDARY : NO_FORM;
    return { observe: () => undefined, end: () => readTranscription({ problem }, query) };
  }
  const scanner = new FormScanner(boundary, READ_FIELDS);
  return { observe: (chunk) => scanner.observe(chunk), end: () => readTranscription(scanner.end(), query) };
}
