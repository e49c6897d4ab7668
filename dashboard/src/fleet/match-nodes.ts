import type { FleetNodeView } from "@herd/shared";
import { nodeStateOf } from "./node-state.ts";

/**
 * The nodes that a search means: each of its words, whatever the case, occurs in the node's name, state, chip, address,
 * the models in its memory or its findings. An empty search means all.
 */
export function matchNodes(nodes: readonly FleetNodeView[], search: string): readonly FleetNodeView[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return nodes;
  return nodes.filter((node) => {
    const text = searchableText(node);
    return words.every((word) => text.includes(word));
  });
}

function searchableText(node: FleetNodeView): string {
  const models = (node.ollama?.models_loaded ?? []).map((model) => model.name);
  const findings = node.findings.map((finding) => finding.text);
  const words = [node.node_id, nodeStateOf(node), node.hardware.chip, node.hardware.arch, node.address];
  return [...words, ...models, ...findings].join("\n").toLowerCase();
}
