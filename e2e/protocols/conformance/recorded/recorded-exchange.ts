import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConformanceProblem } from "../live/problem.ts";
import type { Pairs, WireAnswer, WireRequest } from "../wire/message.ts";

/** One recorded exchange, as its file says; see the README beside the recordings. */
interface ExchangeFile {
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
    readonly transferEncoding: "chunked" | null;
    readonly chunks: readonly { readonly text?: string; readonly base64?: string }[];
    readonly endedBy: "complete" | "reset" | "timeout" | "client-abort";
    readonly interim?: string;
  };
}

/** A recorded exchange in wire terms. */
export interface RecordedExchange {
  readonly name: string;
  readonly request: WireRequest;
  readonly answer: WireAnswer;
  /** The recorder left before the answer's end. */
  readonly isLeft: boolean;
}

/** The recordings that the checkout brings. */
export const ownRecordings = fileURLToPath(
  new URL("../../../../packages/simulated-ollama/fixtures/ollama-0.24.0/", import.meta.url),
);

/** Reads every recorded exchange of a folder, in the order of their names. @throws ConformanceProblem when there is none */
export function readExchanges(folder: string): readonly RecordedExchange[] {
  const files = jsonFilesOf(folder);
  const exchanges = files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as ExchangeFile);
  const whole = exchanges.filter(({ request, response }) => request !== undefined && response !== undefined);
  if (whole.length === 0) throw new ConformanceProblem(`There are no recorded exchanges (*.json) in ${folder}.`);
  return whole.map(exchangeOf);
}

/** The JSON files of a folder. @throws ConformanceProblem when it cannot be read */
export function jsonFilesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch (cause) {
    throw new ConformanceProblem(`The folder ${folder} cannot be read.`, { cause });
  }
}

function exchangeOf({ name, request, response }: ExchangeFile): RecordedExchange {
  const framed = new Set(["content-length", "transfer-encoding"]);
  const isChunked = request.headers.some(
    ([key, value]) => key.toLowerCase() === "transfer-encoding" && value === "chunked",
  );
  const hasLength = request.headers.some(([key]) => key.toLowerCase() === "content-length");
  const { method, path, httpVersion } = request;
  const body = request.bodyBase64 == null ? Buffer.from(request.body ?? "") : Buffer.from(request.bodyBase64, "base64");
  const isSent = hasLength || isChunked || body.length > 0;
  return {
    name,
    request: {
      method,
      path,
      headers: request.headers.filter(([key]) => !framed.has(key.toLowerCase())),
      ...(isSent ? { body, framing: isChunked ? "chunked" : "length" } : {}),
      ...(httpVersion === undefined ? {} : { httpVersion }),
    },
    answer: answerOf(response),
    isLeft: response.endedBy === "timeout" || response.endedBy === "client-abort",
  };
}

function answerOf({
  status,
  headers,
  transferEncoding,
  chunks,
  endedBy,
  interim,
}: ExchangeFile["response"]): WireAnswer {
  const hasLength = headers.some(([name]) => name.toLowerCase() === "content-length");
  return {
    status: status ?? undefined,
    headers,
    chunks: chunks.map(({ text, base64 }) =>
      base64 === undefined ? Buffer.from(text ?? "") : Buffer.from(base64, "base64"),
    ),
    framing: transferEncoding === "chunked" ? "chunked" : hasLength ? "length" : "none",
    isContinued: interim?.includes(" 100 ") ?? false,
    endedBy: endedBy === "complete" ? "complete" : endedBy === "reset" ? "cut" : "timeout",
  };
}
