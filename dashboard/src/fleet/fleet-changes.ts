import type { FleetNodeView, FleetStatus } from "@herd/shared";
import { counted } from "../text/amounts.ts";
import { nodeStateOf } from "./node-state.ts";

/** More than this at once is said as a number: nobody listens to forty sentences. */
const MOST_SENTENCES = 3;

/** What a listener should hear: nodes that came, went or changed state, and new findings. Numbers that move do not count. */
export function fleetChanges(before: FleetStatus, after: FleetStatus): readonly string[] {
  const known = new Map(before.nodes.map((node) => [node.node_id, node]));
  const present = new Set(after.nodes.map((node) => node.node_id));
  const sentences = [
    ...after.nodes.flatMap((node) => changesOf(known.get(node.node_id), node)),
    ...before.nodes.filter((node) => !present.has(node.node_id)).map((node) => `${node.node_id} was removed`),
  ];
  return sentences.length > MOST_SENTENCES ? [`${counted(sentences.length, "change")} in the fleet`] : sentences;
}

function changesOf(before: FleetNodeView | undefined, after: FleetNodeView): readonly string[] {
  const state = nodeStateOf(after);
  if (before === undefined) return [`${after.node_id} joined, ${state}`];
  const known = new Set(before.findings.map((finding) => finding.id));
  const findings = after.findings.filter((finding) => !known.has(finding.id));
  return [
    ...(nodeStateOf(before) === state ? [] : [`${after.node_id} is ${state}`]),
    ...findings.map((finding) => `${after.node_id}: ${finding.text}`),
  ];
}
