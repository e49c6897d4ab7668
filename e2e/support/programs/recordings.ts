import { readdirSync, readFileSync } from "node:fs";

type Pairs = readonly (readonly [string, string])[];

/** One recorded exchange with a real Ollama, as the README beside the recordings describes it. */
export interface Recording {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Pairs;
    readonly body?: string | null;
    readonly bodyBase64?: string | null;
    readonly httpVersion?: string;
  };
  readonly response: {
    readonly status: number | null;
    readonly headers: Pairs;
    readonly chunks: readonly {
      readonly text?: string;
      readonly base64?: string;
      /** Only this many of its characters were kept: what is left is no whole JSON. */
      readonly trimmedFromChars?: number;
    }[];
    readonly endedBy: "complete" | "reset" | "timeout" | "client-abort";
  };
}

const folder = new URL("../../../packages/simulated-ollama/fixtures/ollama-0.24.0/", import.meta.url);

/** Every recorded exchange of an HTTP/1.1 POST that came to its end, on these paths. */
export function recordingsOf(paths: readonly string[]): readonly Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Recording)
    .filter(({ request, response }) => {
      const hasEnd = response.endedBy === "complete" && response.status !== null && request.httpVersion === undefined;
      const isWhole = hasEnd && response.chunks.every(({ trimmedFromChars }) => trimmedFromChars === undefined);
      return isWhole && request.method === "POST" && paths.includes(request.path);
    });
}

/** The body of the recorded request. */
export const requestBytes = ({ request: { body, bodyBase64 } }: Recording): Buffer =>
  bodyBase64 == null ? Buffer.from(body ?? "") : Buffer.from(bodyBase64, "base64");

/** The body of the recorded answer. */
export const replyBytes = ({ response }: Recording): Buffer =>
  Buffer.concat(
    response.chunks.map(({ text, base64 }) =>
      base64 === undefined ? Buffer.from(text ?? "") : Buffer.from(base64, "base64"),
    ),
  );

/** A header of a recorded message, by its name in small letters. */
export const recordedHeader = (headers: Pairs, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1];
