import type { AttemptOrder, RunningAttempt } from "../../dispatch/attempt.run.ts";
import type { AttemptResult, FailedAttempt } from "../../dispatch/attempt-result.ts";
import type { ErrorCode } from "../../domain/errors.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { ReplySink } from "../../domain/reply.ts";
import type { RequestFacts } from "../../domain/request.ts";
import type { Incoming, RouteVoice } from "../incoming.ts";
import type { ServeParts } from "../parts.ts";
import { nodeHeaders, sendHeld, tellProblem } from "./whole-answer.ts";

/** What work with progress records needs from outside. */
export interface ProgressParts extends Pick<ServeParts, "forwardedHeaders"> {
  readonly startAttempt: (order: AttemptOrder) => RunningAttempt;
  /** Lets everything but the closing record pass; that one leaves after `beforeSuccess`. */
  readonly holdSuccess: (sink: ReplySink, beforeSuccess: () => Promise<void>) => ReplySink;
  /** Asks the node for its models and puts them into the lists. */
  readonly readInventory: (node: NodeSnapshot) => Promise<void>;
  readonly ended: (end: EndedProgress) => void;
}

/** A pull, push or creation at its end, for the log. */
export interface EndedProgress {
  readonly facts: RequestFacts;
  readonly node: NodeSnapshot;
  readonly result: AttemptResult;
}

/** Work on one node of which the client hears record by record: a pull, a push, a creation. */
export interface ProgressJob {
  readonly parts: ProgressParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
  readonly facts: RequestFacts;
  /** What the node gets. */
  readonly body: Uint8Array;
  /** What the work is called in sentences. */
  readonly what: "pull" | "push" | "creation";
  /** The code for an end before its time. */
  readonly cutCode: ErrorCode;
  /** The node's disk has changed when it says success. */
  readonly changesDisk: boolean;
  /** What the client is to know beside the answer: name, value … */
  readonly headers?: readonly string[];
}

/**
 * Lets the first of the nodes that can be reached do the work, and relays its progress as it comes; where none can, the last
 * failure is told. @param run does it on one node; undefined ends everything, the client having been answered
 */
export async function runProgress(
  job: ProgressJob,
  nodes: readonly NodeSnapshot[],
  run: (node: NodeSnapshot) => Promise<AttemptResult | undefined> = (node) => runOn(job, node),
): Promise<void> {
  let failed: FailedAttempt | undefined;
  for (const node of nodes) {
    const result = await run(node);
    if (result === undefined) return;
    job.parts.ended({ facts: job.facts, node, result });
    if (result.kind !== "failed") return;
    failed = result;
    if (result.answer !== undefined || result.failureClass !== "unreachable") break;
  }
  tellFailure(job, failed);
}

/** Does the work on one node. */
export function runOn({ parts, incoming, voice, ...job }: ProgressJob, node: NodeSnapshot): Promise<AttemptResult> {
  const { facts, body, what, changesDisk, headers = [] } = job;
  const backend = node.backends.find(({ kind }) => kind === "ollama");
  if (backend === undefined) throw new RangeError(`node ${node.nodeId} has no Ollama`);
  const running = parts.startAttempt({
    candidate: { node, backend, model: { name: facts.model } },
    facts,
    body,
    headers: parts.forwardedHeaders(incoming.headers, facts.requestId),
    needsLoad: false,
    sink: changesDisk ? parts.holdSuccess(incoming.sink, () => parts.readInventory(node)) : incoming.sink,
    tap: voice.createTap(facts),
    ownHeaders: () => ["X-Request-Id", facts.requestId, ...nodeHeaders(node), ...headers],
    failureRecord: (reading, detail) =>
      voice.failureRecord(facts, reading, `the ${what} on node '${node.nodeId}' ended before it was done (${detail})`),
    onFirstByte: () => undefined,
    onLoadEnded: () => undefined,
    onLoaded: () => undefined,
  });
  incoming.onClientGone(running.cancel);
  return running.result;
}

function tellFailure(job: ProgressJob, failed: FailedAttempt | undefined): void {
  const { facts, headers = [], what } = job;
  if (failed?.answer !== undefined) sendHeld(job.incoming, failed.answer, headers);
  else if (failed?.failureClass === "unreachable")
    tellProblem(job, { code: "HERD_NODE_UNREACHABLE", subject: facts.model, headers });
  else {
    const message = failed?.detail ?? `the ${what} ended`;
    tellProblem(job, { code: job.cutCode, subject: message, message, headers });
  }
}
