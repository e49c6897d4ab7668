import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { type NodeVerdict, outcomeOf } from "./change-outcome.ts";
import { isAnswering, ollamaOf } from "./disk-parts.ts";
import type { Passing } from "./serve-one-node.ts";
import { outcomeSentence, tellOutcome } from "./tell-outcome.ts";
import { tellProblem } from "./whole-answer.ts";

/**
 * Passes a request to the Ollama of every node that can be reached, or of the one that the body names: what it changes is
 * one thing to whoever sees the fleet as one Ollama. Nodes without the route have nothing to change.
 */
export async function serveEveryNode(passing: Passing): Promise<void> {
  const { parts, incoming } = passing;
  const { nodeId, body } = parts.takeNodeId(incoming.body);
  const wanted = parts.fleet(true).nodes.filter((node) => nodeId === undefined || node.nodeId === nodeId);
  const path = incoming.path.split("?")[0] ?? incoming.path;
  if (nodeId !== undefined && wanted.length === 0) {
    tellProblem(passing, { code: "HERD_UNKNOWN_NODE", subject: nodeId });
    return;
  }
  const nodes = wanted.filter(isAnswering);
  if (nodes.length === 0) {
    tellProblem(passing, { code: "HERD_NO_CANDIDATE", subject: path });
    return;
  }
  const outcome = outcomeOf(await Promise.all(nodes.map((node) => callOn(passing, body, node))));
  const absent = wanted.filter((node) => ollamaOf(node) !== undefined && !nodes.includes(node));
  const names = absent.map((node) => node.nodeId).join(", ");
  const hint = absent.length === 0 ? undefined : `not reached: ${names}`;
  parts.note({
    requestId: incoming.requestId,
    subject: path,
    nodes: nodes.map((node) => node.nodeId),
    isGood: outcome.kind === "done",
    sentence: outcomeSentence(outcome, path),
  });
  tellOutcome(passing, outcome, { title: path, hint });
}

async function callOn(
  { parts, incoming, method }: Passing,
  body: Uint8Array,
  node: NodeSnapshot,
): Promise<NodeVerdict> {
  const route = ollamaOf(node)?.route;
  if (route === undefined) throw new RangeError(`node ${node.nodeId} has no Ollama`);
  const headers = parts.forwardedHeaders(incoming.headers, incoming.requestId);
  const content = body.length === 0 ? undefined : body;
  const order = { node: node.nodeId, route, method, path: incoming.path, headers, body: content };
  return { nodeId: node.nodeId, result: await parts.callNode(order).result };
}
