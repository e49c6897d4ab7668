import type { HeldAnswer } from "../../dispatch/attempt-result.ts";
import { type ErrorCode, errorEntry } from "../../domain/errors.ts";
import type { Incoming, Refusal, RouteVoice } from "../incoming.ts";
import type { Journey } from "../journey.ts";
import { attemptHeaders, headerText } from "./attempt-headers.ts";

/** Who is answered, and how it speaks. */
export interface Listener {
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
}

/** An error of the catalogue for a client. */
export interface Trouble {
  readonly code: ErrorCode;
  /** The sentence; the catalogue's own about the model when absent. */
  readonly message: string;
  readonly retryAfterS: number | undefined;
  /** Further headers: name, value … */
  readonly headers?: readonly string[] | undefined;
}

/** Tells an error of the catalogue in the client's dialect, with code and fix in headers. Returns the status. */
export function tellTrouble({ incoming, voice }: Listener, trouble: Trouble): number {
  const entry = errorEntry(trouble.code);
  const { contentType, body } = voice.encodeError({
    status: entry.status,
    message: trouble.message,
    requestId: incoming.requestId,
  });
  const headers = [...(trouble.headers ?? []), ...catalogueHeaders(incoming, trouble.code)];
  if (entry.isRetryable) headers.push("Retry-After", String(trouble.retryAfterS ?? 1));
  sendWhole(incoming, { status: entry.status, contentType, body: Buffer.from(body), headers });
  return entry.status;
}

/** Gives the answer that Ollama itself would give, byte for byte. */
export function tellRefusal({ incoming }: Listener, refusal: Refusal): number {
  const { status, contentType, body, code } = refusal;
  sendWhole(incoming, { status, contentType, body: Buffer.from(body), headers: catalogueHeaders(incoming, code) });
  return status;
}

/** Gives a node's own error answer, bytes as they are. */
export function passOn(incoming: Incoming, journey: Journey, answer: HeldAnswer): number {
  const last = journey.attempts.at(-1);
  // The headers are those of the answer's own attempt, so only the ones before it were tries that failed.
  const before = { ...journey, ...servedBy(journey), attempts: journey.attempts.slice(0, -1) };
  const own =
    last === undefined ? ["X-Request-Id", incoming.requestId] : attemptHeaders(before, last.pick, last.startedAt);
  // Ollama itself never says when to come again; clients that try again by themselves want to know.
  const later = answer.status === 503 && !hasHeader(answer.headers, "retry-after") ? ["Retry-After", "1"] : [];
  incoming.sink.begin({ status: answer.status, headers: [...answer.headers, ...own, ...later] });
  incoming.sink.write(answer.body);
  incoming.sink.end();
  return answer.status;
}

/** The model that the answer is about: another one may stand in line by now. */
function servedBy({ facts, isFallback, attempts }: Journey): Pick<Journey, "facts" | "isFallback"> {
  const last = attempts.at(-1);
  return last === undefined
    ? { facts, isFallback }
    : { facts: { ...facts, model: last.model }, isFallback: last.isFallback };
}

const hasHeader = (headers: readonly string[], name: string): boolean =>
  headers.some((text, at) => at % 2 === 0 && text.toLowerCase() === name);

function catalogueHeaders(incoming: Incoming, code: ErrorCode): readonly string[] {
  return ["X-Request-Id", incoming.requestId, "X-Herd-Error", code, "X-Herd-Hint", headerText(errorEntry(code).hint)];
}

interface WholeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly headers: readonly string[];
}

function sendWhole({ sink }: Incoming, { status, contentType, body, headers }: WholeAnswer): void {
  sink.begin({ status, headers: ["Content-Type", contentType, "Content-Length", String(body.length), ...headers] });
  sink.write(body);
  sink.end();
}
