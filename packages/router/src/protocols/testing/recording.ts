import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../../fixtures/ollama-0.24.0/", import.meta.url);

/** One recorded exchange with a real Ollama 0.24.0. */
export interface Recording {
  readonly name: string;
  readonly path: string;
  readonly request: Uint8Array;
  readonly status: number;
  readonly contentType: string | undefined;
  /** The body of the response as it came, one piece per HTTP chunk. */
  readonly chunks: readonly Uint8Array[];
}

interface Stored {
  readonly name: string;
  readonly request: { readonly path: string; readonly body?: string; readonly bodyBase64?: string };
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly chunks: readonly { readonly text?: string; readonly base64?: string }[];
  };
}

export const recording = (name: string): Recording => {
  const stored = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Stored;
  const { request, response } = stored;
  return {
    name,
    path: request.path,
    request: bytesOf(request.body, request.bodyBase64),
    status: response.status,
    contentType: response.headers.find(([header]) => header.toLowerCase() === "content-type")?.[1],
    chunks: response.chunks.map(({ text, base64 }) => bytesOf(text, base64)),
  };
};

/** The names of all recordings, sorted. */
export const recordingNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .toSorted();

/** The whole body of the response as text. */
export const responseText = ({ chunks }: Recording): string => Buffer.concat([...chunks]).toString();

const bytesOf = (text: string | undefined, base64: string | undefined): Uint8Array =>
  text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text);
