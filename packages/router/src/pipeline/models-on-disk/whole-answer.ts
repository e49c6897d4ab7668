import type { HeldAnswer } from "../../dispatch/attempt-result.ts";
import { type ErrorCode, errorEntry } from "../../domain/errors.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Listener } from "../answers/answer.ts";
import { headerText } from "../answers/attempt-headers.ts";
import type { Incoming } from "../incoming.ts";

/** Who is answered when there is no body to read. */
export interface Speaker {
  readonly incoming: Pick<Incoming, "sink" | "requestId">;
  readonly voice: Pick<Listener["voice"], "encodeError">;
}

/** An answer of ours in one piece. */
export interface OwnAnswer {
  readonly status: number;
  /** Absent: no body at all. */
  readonly content?: { readonly type: string; readonly body: string };
  readonly headers?: readonly string[];
}

/** Gives an answer in one piece. */
export function sendWhole(
  { sink, requestId }: Speaker["incoming"],
  { status, content, headers = [] }: OwnAnswer,
): void {
  const body = Buffer.from(content?.body ?? "");
  const type = content === undefined ? [] : ["Content-Type", content.type];
  const length = ["Content-Length", String(body.length)];
  sink.begin({ status, headers: [...type, ...length, "X-Request-Id", requestId, ...headers] });
  if (body.length > 0) sink.write(body);
  sink.end();
}

/** Gives a node's own answer, bytes as they are. */
export function sendHeld(
  { sink, requestId }: Speaker["incoming"],
  answer: HeldAnswer,
  headers: readonly string[] = [],
): void {
  sink.begin({ status: answer.status, headers: [...answer.headers, "X-Request-Id", requestId, ...headers] });
  if (answer.body.length > 0) sink.write(answer.body);
  sink.end();
}

/** An error of the catalogue. */
export interface Problem {
  readonly code: ErrorCode;
  /** What the catalogue's sentence is about; see `message`. */
  readonly subject: string;
  /** A sentence in place of the catalogue's. */
  readonly message?: string;
  /** In place of the catalogue's. */
  readonly status?: number;
  readonly hint?: string;
  readonly headers?: readonly string[];
}

/** Tells an error of the catalogue in the client's dialect. */
export function tellProblem({ incoming, voice }: Speaker, problem: Problem): void {
  const entry = errorEntry(problem.code);
  const status = problem.status ?? entry.status;
  const message = problem.message ?? entry.message(problem.subject);
  const { contentType, body } = voice.encodeError({ status, message, requestId: incoming.requestId });
  const retry = entry.isRetryable ? ["Retry-After", "1"] : [];
  const own = ["X-Herd-Error", problem.code, "X-Herd-Hint", headerText(problem.hint ?? entry.hint), ...retry];
  sendWhole(incoming, {
    status,
    content: { type: contentType, body },
    headers: [...own, ...(problem.headers ?? [])],
  });
}

/** The headers that tell which node answered. */
export const nodeHeaders = ({ nodeId, isSimulated }: NodeSnapshot): readonly string[] => [
  "X-Fleet-Node",
  nodeId,
  ...(isSimulated ? ["X-Fleet-Simulated", "true"] : []),
];
