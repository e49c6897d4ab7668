import type { RawResponse } from "../../testing/raw-client.ts";
import { formsOfBody } from "./form.ts";
import { type Recording, recordedChunks } from "./recording.ts";

/** What of an answer must be the same. */
export interface Shape {
  readonly status: number | undefined;
  /** Names and values in wire order; of Date and Content-Length only the names. */
  readonly headers: readonly string[];
  /** The forms of the records in each HTTP chunk. */
  readonly chunks: readonly (readonly unknown[])[];
  readonly endedBy: RawResponse["endedBy"];
}

/** The shape of an answer from a socket. */
export function shapeOfAnswer(answer: RawResponse): Shape {
  const chunks = answer.chunks.map((chunk) => chunk.toString("utf8"));
  return { status: answer.status, ...shapeOf(answer.headers, chunks), endedBy: answer.endedBy };
}

/** The shape of a recorded answer. */
export function shapeOfRecording(recording: Recording): Shape {
  const { status, headers, endedBy } = recording.response;
  const ends = { complete: "complete", reset: "fin", timeout: "client", "client-abort": "client" } as const;
  return { status: status ?? undefined, ...shapeOf(headers, recordedChunks(recording)), endedBy: ends[endedBy] };
}

function shapeOf(headers: readonly (readonly [string, string])[], chunks: readonly string[]) {
  const type = headers.find(([name]) => name === "Content-Type")?.[1] ?? "";
  const changing = ["Date", "Content-Length"];
  return {
    headers: headers.map(([name, value]) => (changing.includes(name) ? name : `${name}: ${value}`)),
    chunks: chunks.map((chunk) => formsOfBody(type, chunk)),
  };
}

/** The shape without the number of chunks and without the reason why the answer ended. */
export function loosened(shape: Shape): Shape {
  const texts = shape.chunks.map((chunk) => JSON.stringify(chunk).replaceAll(/= (stop|length)\b/g, "= stop or length"));
  return { ...shape, chunks: [...new Set(texts)].map((text) => [text]) };
}
