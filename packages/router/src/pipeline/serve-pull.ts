import { tokens } from "@herd/shared";
import type { AttemptOrder, RunningAttempt } from "../dispatch/attempt.run.ts";
import type { AttemptResult, FailedAttempt, HeldAnswer } from "../dispatch/attempt-result.ts";
import { type ErrorCode, errorEntry } from "../domain/errors.ts";
import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { ReplySink } from "../domain/reply.ts";
import type { BodyFacts, RequestFacts } from "../domain/request.ts";
import type { PullPlan } from "../fleet/pulls/plan-pull.ts";
import { tellRefusal, tellTrouble } from "./answers/answer.ts";
import { factsOfRequest } from "./begin-serving.ts";
import type { Incoming, RouteVoice } from "./incoming.ts";
import type { ServeParts } from "./parts.ts";

/** The parts that a pull is put together from. */
export interface PullParts extends Pick<ServeParts, "keyOf" | "forwardedHeaders"> {
  /** The nodes on which a model can be pulled, the best first. */
  readonly plan: (key: RequestFacts["modelKey"], nodeId: string | undefined) => PullPlan;
  /** The node that a body names. */
  readonly nodeIdIn: (body: Uint8Array) => string | undefined;
  /** Ollama's library may have a model of that name. */
  readonly isPullable: (model: string) => boolean;
  readonly startAttempt: (order: AttemptOrder) => RunningAttempt;
  /** Takes note of a pull on a node; undefined when one of the same model runs there. Returns what ends the note. */
  readonly begin: (key: RequestFacts["modelKey"], node: NodeSnapshot) => (() => void) | undefined;
  /** Lets everything but the closing record pass; that one leaves after `beforeSuccess`. */
  readonly holdSuccess: (sink: ReplySink, beforeSuccess: () => Promise<void>) => ReplySink;
  /** Asks the node for its models and puts them into the lists. */
  readonly readInventory: (node: NodeSnapshot) => Promise<void>;
  readonly ended: (end: EndedPull) => void;
}

/** A pull at its end, for the log. */
export interface EndedPull {
  readonly facts: RequestFacts;
  readonly node: NodeSnapshot;
  readonly result: AttemptResult;
}

/** One pull and everything that serves it. */
export interface Pulling {
  readonly parts: PullParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
}

/**
 * Lets one node pull a model and relays its progress as it comes. A node that cannot be reached before its first byte is
 * replaced by the next best. The router's lists show the model before the client reads that it is there.
 */
export async function servePull(pulling: Pulling): Promise<void> {
  const { parts, incoming, voice } = pulling;
  const reading = voice.read(incoming.body);
  const refusal = reading.refusal ?? voice.judge(incoming.body);
  if (refusal !== undefined) tellRefusal(pulling, refusal);
  if (reading.refusal !== undefined || refusal !== undefined) return;
  const facts = factsOf(pulling, reading.facts);
  if (facts === undefined) {
    tell(pulling, "HERD_NOT_PULLABLE", reading.facts.model);
    return;
  }
  const nodeId = parts.nodeIdIn(incoming.body);
  const plan = parts.plan(facts.modelKey, nodeId);
  if (plan.kind === "nodes") await pullOnOne(pulling, facts, plan.nodes);
  else tell(pulling, plan.code, plan.code === "HERD_UNKNOWN_NODE" ? (nodeId ?? "") : facts.model);
}

async function pullOnOne(pulling: Pulling, facts: RequestFacts, nodes: readonly NodeSnapshot[]): Promise<void> {
  let failed: FailedAttempt | undefined;
  for (const node of nodes) {
    const end = pulling.parts.begin(facts.modelKey, node);
    if (end === undefined) {
      tell(pulling, "HERD_PULL_RUNNING", facts.model);
      return;
    }
    const result = await pullOn(pulling, facts, node).finally(end);
    pulling.parts.ended({ facts, node, result });
    if (result.kind !== "failed") return;
    failed = result;
    if (result.answer !== undefined || result.failureClass !== "unreachable") break;
  }
  tellFailure(pulling, facts, failed);
}

function pullOn({ parts, incoming, voice }: Pulling, facts: RequestFacts, node: NodeSnapshot): Promise<AttemptResult> {
  const backend = node.backends.find(({ kind }) => kind === "ollama");
  if (backend === undefined) throw new RangeError(`node ${node.nodeId} has no Ollama`);
  const running = parts.startAttempt({
    candidate: { node, backend, model: { name: facts.model } },
    facts,
    body: incoming.body,
    headers: parts.forwardedHeaders(incoming.headers, facts.requestId),
    needsLoad: false,
    sink: parts.holdSuccess(incoming.sink, () => parts.readInventory(node)),
    tap: voice.createTap(facts),
    ownHeaders: () => headersOf(facts, node),
    failureRecord: (reading, detail) => voice.failureRecord(facts, reading, cutMessage(node, detail)),
    onFirstByte: () => undefined,
    onLoadEnded: () => undefined,
    onLoaded: () => undefined,
  });
  incoming.onClientGone(running.cancel);
  return running.result;
}

const cutMessage = (node: NodeSnapshot, detail: string): string =>
  `the pull on node '${node.nodeId}' ended before it was done (${detail})`;

const headersOf = ({ requestId }: RequestFacts, node: NodeSnapshot): readonly string[] => [
  "X-Request-Id",
  requestId,
  "X-Fleet-Node",
  node.nodeId,
  ...(node.isSimulated ? ["X-Fleet-Simulated", "true"] : []),
];

function tell(pulling: Pulling, code: ErrorCode, subject: string): void {
  tellTrouble(pulling, { code, message: errorEntry(code).message(subject), retryAfterS: undefined });
}

function tellFailure(pulling: Pulling, facts: RequestFacts, failed: FailedAttempt | undefined): void {
  if (failed?.answer !== undefined) passOn(pulling, failed.answer);
  else if (failed?.failureClass === "unreachable") tell(pulling, "HERD_NODE_UNREACHABLE", facts.model);
  else tell(pulling, "HERD_PULL_CUT", failed?.detail ?? "the pull ended");
}

/** The node's own refusal, bytes as they are. */
function passOn({ incoming: { sink, requestId } }: Pulling, answer: HeldAnswer): void {
  sink.begin({ status: answer.status, headers: [...answer.headers, "X-Request-Id", requestId] });
  sink.write(answer.body);
  sink.end();
}

/** undefined when Ollama cannot have a model of that name. */
function factsOf(pulling: Pulling, body: BodyFacts): RequestFacts | undefined {
  const { parts } = pulling;
  const modelKey = parts.keyOf(body.model);
  if (modelKey === undefined || !parts.isPullable(body.model)) return undefined;
  return factsOfRequest(pulling, body, { model: body.model, modelKey, promptTokens: tokens(0) });
}
