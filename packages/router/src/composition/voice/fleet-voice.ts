import { countOf, spanOf } from "@herd/shared/terminal";
import type { NodeFinding, NodeSnapshot, NodeStatus } from "../../domain/fleet-snapshot.ts";
import { backendWords, nodeWords } from "./node-words.ts";

/** One line for the owner. */
export interface FleetSentence {
  readonly level: "info" | "warn";
  readonly nodeId: string;
  readonly text: string;
}

/** What the owner was told about a node last. */
export interface Told {
  readonly standing: "here" | "leaving" | "gone";
  readonly isBackendSilent: boolean;
  /** Ids of the findings that were told and have not gone since. */
  readonly findings: ReadonlySet<string>;
  /** When each line was told, newest last, Unix epoch ms; kept for `WINDOW_MS`. */
  readonly toldAt: readonly number[];
}

/** What there is to say about a node, and what it will have been told then. */
export interface FleetStep {
  readonly told: Told | undefined;
  readonly sentences: readonly FleetSentence[];
}

/** A node that comes and goes may use up this many lines in that time, ms; the rest waits and is told as it stands then. */
const MOST_LINES = 6;
const WINDOW_MS = 300_000;

/** What to say about a node, by what it was last told and what it is now. Repetitions say nothing, and neither does the demo. */
export function fleetStep(told: Told | undefined, node: NodeSnapshot, now: number): FleetStep {
  if (node.isSimulated || isStillAway(told, node)) return { told, sentences: [] };
  const recent = (told?.toldAt ?? []).filter((at) => now - at < WINDOW_MS);
  const texts = [standingText(told, node, now), backendText(told, node)].filter((text) => text !== undefined);
  const news = freshFindings(told, node.findings);
  const count = texts.length + news.length;
  if (recent.length + count > MOST_LINES) return { told: told && { ...told, toldAt: recent }, sentences: [] };
  const nodeId = node.nodeId;
  return {
    told: { ...stateOf(node), toldAt: [...recent, ...Array.from({ length: count }, () => now)] },
    sentences: [
      ...texts.map((text) => ({ level: "info" as const, nodeId, text: `${nodeId} ${text}` })),
      ...news.map(({ text, fix }) => ({ level: "warn" as const, nodeId, text: `${nodeId}: ${text}. Fix: ${fix}` })),
    ],
  };
}

/** A machine that was not here has not come before it takes work. */
const isStillAway = (told: Told | undefined, node: NodeSnapshot): boolean =>
  (told === undefined || told.standing === "gone") && standingOf(node) !== "here";

function stateOf(node: NodeSnapshot): Omit<Told, "toldAt"> {
  return {
    standing: standingOf(node),
    isBackendSilent: isBackendSilent(node),
    findings: new Set(node.findings.map(({ id }) => id)),
  };
}

/** A node that drains and then falls silent has left. Slow reports are no reason for a line. */
function standingOf({ status, isDraining }: { readonly status: NodeStatus; readonly isDraining: boolean }) {
  if (status === "offline") return "gone";
  return isDraining ? "leaving" : "here";
}

const isBackendSilent = (node: NodeSnapshot): boolean =>
  node.status !== "offline" && node.backends.every(({ reachability }) => reachability === "unreachable");

function standingText(told: Told | undefined, node: NodeSnapshot, now: number): string | undefined {
  const standing = standingOf(node);
  if (standing === told?.standing) return undefined;
  switch (standing) {
    case "here":
      if (told?.standing === "leaving") return "stays: it takes work again";
      return `${told === undefined ? "joined" : "is back"}: ${nodeWords(node)}`;
    case "leaving":
      return "is leaving: it finishes its work and takes no more";
    case "gone":
      return told?.standing === "leaving" ? "has left" : `is offline: ${silenceWords(node, now)}`;
  }
}

const silenceWords = ({ lastHeartbeatAt }: NodeSnapshot, now: number): string =>
  lastHeartbeatAt === undefined
    ? "it has not reported"
    : `its last report came ${spanOf((now - lastHeartbeatAt) / 1000)} ago`;

/** A node that has just come says it with what it brings. */
function backendText(told: Told | undefined, node: NodeSnapshot): string | undefined {
  const backend = node.backends.find(({ reachability }) => reachability !== "unreachable");
  const isSilent = isBackendSilent(node);
  const isSame = told === undefined || told.standing === "gone" || told.isBackendSilent === isSilent;
  if (isSame || node.status === "offline") return undefined;
  if (backend === undefined) return `serves nothing now: ${silentWords(node)}`;
  return `serves now: ${backendWords(backend)} with ${countOf(backend.models.size, "model")}`;
}

const silentWords = ({ backends }: NodeSnapshot): string =>
  backends.some(({ kind }) => kind !== "ollama")
    ? "none of its backends can be reached"
    : "its Ollama cannot be reached";

const freshFindings = (told: Told | undefined, findings: readonly NodeFinding[]): readonly NodeFinding[] =>
  findings.filter(({ id }) => told?.findings.has(id) !== true);
