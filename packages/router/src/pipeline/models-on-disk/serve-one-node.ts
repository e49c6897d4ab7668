import type { HeldAnswer } from "../../dispatch/attempt-result.ts";
import type { NodeCallOrder } from "../../dispatch/node-call.run.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Incoming, RouteVoice } from "../incoming.ts";
import { type DiskParts, isAnswering, ollamaOf } from "./disk-parts.ts";
import { nodeHeaders, type OwnAnswer, sendHeld, sendWhole, tellProblem } from "./whole-answer.ts";

/** A request that any Ollama can answer which has the route, and everything that serves it. */
export interface Passing {
  readonly parts: DiskParts;
  readonly incoming: Incoming;
  readonly voice: Pick<RouteVoice, "encodeError">;
  readonly method: NodeCallOrder["method"];
  /** Longest silence of a node before the next one is asked, ms; the stall cap when absent. */
  readonly silenceMs?: number;
  /** The answer where no node can be asked that has the route; an error when absent. */
  readonly fallback?: OwnAnswer;
}

/**
 * Passes a request to one node and its answer back. Another node is asked where one cannot be reached, does not have the
 * route, is not signed in, has its cloud switched off, or failed; when nobody did better, the first answer of those counts.
 */
export async function servePassed(passing: Passing): Promise<void> {
  const { incoming, fallback } = passing;
  const reply = await askInTurn(passing);
  if (reply.kind === "over") {
    note(passing, reply.node, reply.isWhole ? "was answered" : "was left or cut");
  } else if (reply.kind === "held" && (fallback === undefined || !lacksRoute(reply.answer))) {
    note(passing, reply.node, `was answered with HTTP ${reply.answer.status}`);
    sendHeld(incoming, reply.answer, nodeHeaders(reply.node));
  } else if (fallback !== undefined) sendWhole(incoming, fallback);
  else tellProblem(passing, { code: "HERD_NO_CANDIDATE", subject: pathOf(incoming) });
}

type Reply =
  /** The answer has gone to the client, as far as it came. */
  | { readonly kind: "over"; readonly node: NodeSnapshot; readonly isWhole: boolean }
  /** An error answer, which is the best that came. */
  | { readonly kind: "held"; readonly node: NodeSnapshot; readonly answer: HeldAnswer }
  | { readonly kind: "none" };

async function askInTurn(passing: Passing): Promise<Reply> {
  const { parts, incoming } = passing;
  let best: Reply = { kind: "none" };
  for (const node of nodesToAsk(parts.fleet(incoming.client.isLoopback))) {
    const result = await callOn(passing, node);
    if (result.kind === "relayed") return { kind: "over", node, isWhole: result.isWhole };
    if (result.kind === "cancelled") return { kind: "over", node, isWhole: false };
    if (result.kind === "answered") best = betterOf(best, { kind: "held", node, answer: result });
    if (result.kind === "answered" && !mayDoBetter(result)) break;
  }
  return best;
}

/** The first one counts, but for a node that does not even have the route. */
const betterOf = (best: Reply, next: Extract<Reply, { kind: "held" }>): Reply =>
  best.kind === "held" && (!lacksRoute(best.answer) || lacksRoute(next.answer)) ? best : next;

/** Nodes with the newest Ollama first: what is experimental came late. */
function nodesToAsk({ nodes }: ReturnType<DiskParts["fleet"]>): readonly NodeSnapshot[] {
  const versionOf = (node: NodeSnapshot): string => ollamaOf(node)?.version ?? "";
  return nodes
    .filter(isAnswering)
    .toSorted(
      (a, b) =>
        Number(b.status === "online") - Number(a.status === "online") ||
        versionOf(b).localeCompare(versionOf(a), "en", { numeric: true }),
    );
}

function callOn({ parts, incoming, method, silenceMs }: Passing, node: NodeSnapshot) {
  const backend = ollamaOf(node);
  if (backend === undefined) throw new RangeError(`node ${node.nodeId} has no Ollama`);
  const call = parts.callNode({
    node: node.nodeId,
    route: backend.route,
    method,
    path: incoming.path,
    headers: parts.forwardedHeaders(incoming.headers, incoming.requestId),
    body: incoming.body.length === 0 ? undefined : incoming.body,
    ...(silenceMs === undefined ? {} : { silenceMs }),
    relayTo: ({ status, headers }) => {
      if (status >= 400) return undefined;
      const own = ["X-Request-Id", incoming.requestId, ...nodeHeaders(node)];
      incoming.sink.begin({ status, headers: [...headers, ...own] });
      return incoming.sink;
    },
  });
  incoming.onClientGone(call.cancel);
  return call.result;
}

/** Go's answer for a path that this version does not know. */
const lacksRoute = ({ status, body }: HeldAnswer): boolean =>
  status === 404 && new TextDecoder().decode(body).startsWith("404 page not found");

const mayDoBetter = (answer: HeldAnswer): boolean =>
  lacksRoute(answer) || answer.status === 401 || answer.status === 403 || answer.status >= 500;

const pathOf = ({ path }: Incoming): string => path.split("?")[0] ?? path;

function note({ parts, incoming }: Passing, node: NodeSnapshot, ending: string): void {
  const subject = pathOf(incoming);
  const about = { requestId: incoming.requestId, subject, nodes: [node.nodeId], isGood: true };
  parts.note({ ...about, sentence: `${subject} ${ending}` });
}
