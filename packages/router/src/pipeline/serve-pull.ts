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
  /** Takes note of a pull on a node; undefined when one of the same model runs there. Returns what ends the note. */
  readonly begin: (key: RequestFacts["modelKey"], node: NodeSnapshot) => (() => void) | undefined;
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

/** undefined when the same model is being pulled there already, which the client has been told then. */
function pullOn(pulling: Pulling, job: ProgressJob, node: NodeSnapshot): Promise<AttemptResult> | undefined {
  const end = pulling.parts.begin(job.facts.modelKey, node);
  if (end !== undefined) return runOn(job, node).finally(end);
  tell(pulling, "HERD_PULL_RUNNING", job.facts.model);
  return undefined;
}

function tell(pulling: Pulling, code: ErrorCode, subject: string): void {
  tellTrouble(pulling, { code, message: errorEntry(code).message(subject), retryAfterS: undefined });
}
