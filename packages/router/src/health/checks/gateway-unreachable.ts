import type { BackendRoute, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Check, Finding } from "../check.ts";
import type { PortLook } from "../facts/node-facts.ts";
import { type NodeInView, reportingNodes } from "../nodes/each-node.ts";
import { findingsNamed, GATEWAY } from "../nodes/node-findings.ts";
import { opensPort } from "../remedies/opening-port.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText } from "../words.ts";

/** Machines whose heartbeats come, and that the router cannot call. */
export const gatewayUnreachable: Check = {
  id: "gateway_unreachable",
  title: "Machines that cannot be called",
  meaning:
    "critical when a machine reports, but the router cannot connect to the port through which it calls it, or is refused there",
  appliesTo: () => true,
  inspect: (facts) => reportingNodes(facts).flatMap((one) => [...closedPorts(one), ...notes(one)]),
};

function closedPorts({ node, facts: { ports = [], heartbeat } }: NodeInView): readonly Finding[] {
  return ports.flatMap(({ place, failure }) => {
    const route = node.backends.find((backend) => placeOf(backend.route) === place)?.route;
    // Whether a server on this machine itself answers is told by its agent.
    if (failure === undefined || route === undefined || route.kind === "loopback") return [];
    return findingOf(node, { place, failure, route, platform: heartbeat.system?.platform });
  });
}

interface ClosedPort extends PortLook {
  readonly failure: string;
  readonly route: BackendRoute;
  readonly platform: string | undefined;
}

function findingOf({ nodeId }: NodeSnapshot, { place, failure, route, platform }: ClosedPort): Finding {
  const port = place.slice(place.lastIndexOf(":") + 1);
  const isRefused = failure === "ECONNREFUSED";
  const isDirect = route.kind === "direct";
  return {
    severity: "critical",
    nodeId,
    subject: place,
    title: `${plainText(nodeId)} cannot be called`,
    description: `Its heartbeats come, but the router cannot connect to ${place}: ${isRefused ? "nobody listens there" : "no answer"} (${failure}).`,
    why: "No request can be sent to that machine.",
    fix: isRefused ? (isDirect ? LISTENS_ALONE : AGENT_GONE) : FIREWALL,
    command: isRefused
      ? isDirect
        ? "OLLAMA_HOST=0.0.0.0 ollama serve"
        : startsAgent(nodeId)
      : opensPort(platform, port),
    details: { place, reason: failure, reached_by: route.kind },
  };
}

const LISTENS_ALONE =
  "Run this product's herd-node there, which needs no open Ollama; or let Ollama listen on the network and restart it";
const AGENT_GONE = "Restart herd-node on that machine and see that it prints the port of its gateway";
const FIREWALL = "Let the router through that machine's firewall";

/** What calls and the agent itself showed. */
const notes = ({ node }: NodeInView): readonly Finding[] =>
  findingsNamed(node, (id) => id.startsWith(GATEWAY)).map(({ id, text, fix }) => ({
    severity: "critical",
    nodeId: node.nodeId,
    subject: id,
    title: `${plainText(node.nodeId)} cannot be called`,
    description: `${plainText(node.nodeId)}: ${plainText(text)}.`,
    why: "No request can be sent to that machine.",
    fix,
    command: startsAgent(node.nodeId),
    details: { id },
  }));

/** Host and port of a route, as a look at the port names it. */
function placeOf({ origin }: BackendRoute): string {
  return origin.replace(/^https?:\/\//, "");
}
