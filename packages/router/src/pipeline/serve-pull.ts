import type { AttemptResult } from "../dispatch/attempt-result.ts";
import { type ErrorCode, errorEntry } from "../domain/errors.ts";
import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../domain/request.ts";
import type { PullPlan } from "../fleet/pulls/plan-pull.ts";
import { tellTrouble } from "./answers/answer.ts";
import type { Incoming, RouteVoice } from "./incoming.ts";
import { factsOfDiskRequest, readOrRefuse } from "./models-on-disk/facts-of.ts";
import { type ProgressJob, type ProgressParts, runOn, runProgress } from "./models-on-disk/run-progress.ts";
import type { ServeParts } from "./parts.ts";

/** The parts that a pull is put together from. */
export interface PullParts extends ProgressParts, Pick<ServeParts, "keyOf"> {
  /** The nodes on which a model can be pulled, the best first. */
  readonly plan: (key: RequestFacts["modelKey"], nodeId: string | undefined) => PullPlan;
  /** Takes out of a body the member that names a node of the fleet. */
  readonly takeNodeId: (body: Uint8Array) => { readonly nodeId: string | undefined; readonly body: Uint8Array };
  /** Ollama's library may have a model of that name. */
  readonly isPullable: (model: string) => boolean;
  /** Begins a pull on a node, or joins the one of the same model that runs there. */
  readonly share: (asking: {
    readonly facts: RequestFacts;
    readonly incoming: Incoming;
    readonly node: NodeSnapshot;
  }) => PullShare;
}

/** A pull's share in what a node downloads. */
export type PullShare =
  | {
      readonly kind: "own";
      /** What the reply is to go to: others may join it. */
      readonly incoming: Incoming;
      /** @param result undefined when an error inside the router ended it */
      readonly end: (result: AttemptResult | undefined) => void;
    }
  /** The client is told what the running one tells. `again`: that one failed before it told anything. */
  | { readonly kind: "joined"; readonly ended: Promise<"told" | "again"> };

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
  const { parts, incoming } = pulling;
  const read = readOrRefuse(pulling);
  if (read === undefined) return;
  if (!parts.isPullable(read.model)) {
    tell(pulling, "HERD_NOT_PULLABLE", read.model);
    return;
  }
  const facts = factsOfDiskRequest(pulling, read);
  const { nodeId, body } = parts.takeNodeId(incoming.body);
  const plan = parts.plan(facts.modelKey, nodeId);
  const job: ProgressJob = { ...pulling, facts, body, what: "pull", cutCode: "HERD_PULL_CUT", changesDisk: true };
  if (plan.kind === "nodes") await runProgress(job, plan.nodes, (node) => pullOn(pulling, job, node));
  else tell(pulling, plan.code, plan.code === "HERD_UNKNOWN_NODE" ? (nodeId ?? "") : facts.model);
}

/** undefined when the client was answered by a pull of the same model that ran there already. */
async function pullOn(
  pulling: Pulling,
  { facts, ...job }: ProgressJob,
  node: NodeSnapshot,
): Promise<AttemptResult | undefined> {
  const share = pulling.parts.share({ facts, incoming: pulling.incoming, node });
  if (share.kind === "joined") {
    if ((await share.ended) === "again") await servePull(pulling);
    return undefined;
  }
  let result: AttemptResult | undefined;
  try {
    result = await runOn({ ...job, facts, incoming: share.incoming }, node);
    return result;
  } finally {
    share.end(result);
  }
}

function tell(pulling: Pulling, code: ErrorCode, subject: string): void {
  tellTrouble(pulling, { code, message: errorEntry(code).message(subject), retryAfterS: undefined });
}
