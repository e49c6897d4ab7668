import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../../domain/request.ts";
import type { Incoming, RouteVoice } from "../incoming.ts";
import { type NodeVerdict, outcomeOf } from "./change-outcome.ts";
import { type DiskParts, ollamaOf } from "./disk-parts.ts";
import { factsOfDiskRequest, readOrRefuse } from "./facts-of.ts";
import { findHolders } from "./find-holders.ts";
import { outcomeSentence, tellOutcome } from "./tell-outcome.ts";
import { tellProblem } from "./whole-answer.ts";

/** A deletion or a copy, and everything that serves it. */
export interface Changing {
  readonly parts: DiskParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
  readonly what: "delete" | "copy";
}

/**
 * Changes a model on every node that has it, or on the one that the body names. A node that cannot be reached keeps what it
 * has, and a hint names it; where some of the others did it and some failed, the answer is an error that says which. The
 * lists are up to date before the client reads the answer.
 */
export async function serveChange(changing: Changing): Promise<void> {
  const { parts, incoming } = changing;
  const read = readOrRefuse(changing);
  if (read === undefined) return;
  const facts = factsOfDiskRequest(changing, read);
  const { nodeId, body } = parts.takeNodeId(incoming.body);
  const holders = await findHolders(parts, { modelKey: facts.modelKey, nodeId });
  switch (holders.kind) {
    case "nobody":
      tellUnknown(changing, facts.model);
      return;
    case "unknown-node":
      tellProblem(changing, { code: "HERD_UNKNOWN_NODE", subject: nodeId ?? "" });
      return;
    case "others":
      tellProblem(changing, { code: "HERD_ROUTE_MISSING", subject: facts.model });
      return;
    case "holders":
      if (holders.reachable.length > 0) await changeAll(changing, { ...holders, facts, body });
      else tellProblem(changing, { code: "HERD_NODE_UNREACHABLE", subject: facts.model });
  }
}

interface Change {
  readonly facts: RequestFacts;
  readonly body: Uint8Array;
  readonly reachable: readonly NodeSnapshot[];
  readonly absent: readonly NodeSnapshot[];
}

async function changeAll(changing: Changing, change: Change): Promise<void> {
  const { parts, what } = changing;
  const { facts, reachable, absent } = change;
  const outcome = outcomeOf(await Promise.all(reachable.map((node) => changeOn(changing, change, node))));
  const title = `${what} of '${facts.model}'`;
  const hint = absentHint(absent, what);
  const sentence = outcomeSentence(outcome, title);
  parts.note({
    requestId: facts.requestId,
    subject: facts.model,
    nodes: reachable.map(({ nodeId }) => nodeId),
    isGood: outcome.kind === "done" && hint === undefined,
    sentence: hint === undefined ? sentence : `${sentence}; ${hint}`,
  });
  if (outcome.kind === "refused" && outcome.answer.status === 404) tellUnknown(changing, facts.model);
  else tellOutcome(changing, outcome, { title, hint });
}

/** The call, and then the lists. A client that leaves does not stop it: half of a change is worse than all of it. */
async function changeOn(
  { parts, incoming, what }: Changing,
  { facts, body }: Change,
  node: NodeSnapshot,
): Promise<NodeVerdict> {
  const backend = ollamaOf(node);
  if (backend === undefined) throw new RangeError(`node ${node.nodeId} has no Ollama`);
  const result = await parts.callNode({
    node: node.nodeId,
    route: backend.route,
    method: what === "delete" ? "DELETE" : "POST",
    path: incoming.path,
    headers: parts.forwardedHeaders(incoming.headers, facts.requestId),
    body,
  }).result;
  const status = result.kind === "answered" ? result.status : undefined;
  const isDone = status !== undefined && status < 300;
  if (status === 404 || (isDone && what === "delete")) parts.forgetModel(node.nodeId, facts.modelKey);
  if (isDone) await parts.readInventory(node);
  return { nodeId: node.nodeId, result };
}

function absentHint(absent: readonly NodeSnapshot[], what: Changing["what"]): string | undefined {
  if (absent.length === 0) return undefined;
  const names = absent.map(({ nodeId }) => nodeId).join(", ");
  return what === "delete"
    ? `not reached, so the model is still there: ${names}; delete it again when it is back`
    : `not reached, so the copy is not there: ${names}; copy it again when it is back`;
}

/** The answer of one Ollama that does not have the model, byte for byte. */
function tellUnknown(changing: Changing, model: string): void {
  const message = changing.voice.unknownModel(model);
  tellProblem(changing, { code: "HERD_MODEL_NOT_FOUND", subject: model, message });
}
