import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { type NodeInView, reportingNodes } from "../nodes/each-node.ts";
import { findingsNamed, HOST_REFUSED, SILENT_SERVER } from "../nodes/node-findings.ts";
import { startsOllama } from "../remedies/starting-ollama.ts";
import { plainText } from "../words.ts";

/** Servers of machines that report, but do not answer. */
export const backendUnreachable: Check = {
  id: "backend_unreachable",
  title: "Servers that do not answer",
  meaning:
    "critical when a machine reports but its Ollama, or a server named to its agent, does not answer; warning where an Ollama never had models or other servers answer, info where it never had any and the demo runs",
  appliesTo: () => true,
  inspect: (facts) => reportingNodes(facts).flatMap((one) => [...silentOllama(one, facts), ...otherServers(one)]),
};

function silentOllama({ node, facts: { heartbeat } }: NodeInView, { router }: HealthFacts): readonly Finding[] {
  const { ollama, system, backends = [] } = heartbeat;
  if (ollama.reachable !== false) return [];
  const isMissed = ollama.models_available.length > 0;
  const hasOthers = backends.some((server) => server.kind !== "ollama" && server.is_reachable);
  // A machine that lends another server and never had an Ollama is as its owner wants it.
  if (!isMissed && hasOthers) return [];
  const reason = ollama.error === undefined ? "no reason told" : plainText(ollama.error);
  return [
    {
      severity: severityOf({ isMissed, hasOthers, showsDemo: router.showsDemo === true }),
      nodeId: node.nodeId,
      subject: "",
      title: `Ollama on ${plainText(node.nodeId)} does not answer`,
      description: `The agent reports, but its Ollama at ${plainText(heartbeat.ollama_host ?? "its usual port")} does not answer: ${reason}.`,
      why: "The machine serves nothing from Ollama until it runs again; requests go to other machines, or fail.",
      fix: "Start Ollama on that machine",
      command: startsOllama(system?.platform),
      details: { reason, models_known: ollama.models_available.length, platform: system?.platform ?? null },
    },
  ];
}

interface Silence {
  /** It had models. */
  readonly isMissed: boolean;
  /** Other servers of the machine answer. */
  readonly hasOthers: boolean;
  readonly showsDemo: boolean;
}

/** Who looks at the demo knows that there is no Ollama yet. */
function severityOf({ isMissed, hasOthers, showsDemo }: Silence): Finding["severity"] {
  if (isMissed && !hasOthers) return "critical";
  return showsDemo && !isMissed ? "info" : "warning";
}

/** What the router or the agent noted about other servers, and about calls that were refused by their Host header. */
const otherServers = ({ node }: NodeInView): readonly Finding[] =>
  findingsNamed(node, (id) => id === HOST_REFUSED || id.startsWith(SILENT_SERVER)).map(({ id, text, fix }) => ({
    severity: id === HOST_REFUSED ? "critical" : "warning",
    nodeId: node.nodeId,
    subject: id,
    title: `A server of ${plainText(node.nodeId)} cannot be used`,
    description: `${plainText(node.nodeId)}: ${plainText(text)}.`,
    why: "Its models are only served by others that have them.",
    fix,
    details: { id },
  }));
