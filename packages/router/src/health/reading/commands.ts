import { modelKeyOf } from "../../domain/model-name.ts";
import type { RoutingSettings } from "../facts/traffic-facts.ts";
import { flagWord, shellWord } from "../words.ts";

const USUAL_URL = "http://localhost:11435";

/** The line that puts a model on a node, or on the best one; undefined for a name that no Ollama accepts. */
export function pullCommand(model: string, nodeId?: string): string | undefined {
  if (modelKeyOf(model) === undefined) return undefined;
  return `herd pull ${shellWord(model)}${nodeId === undefined ? "" : ` ${flagWord("--node", nodeId)}`}`;
}

/** The line that takes a model off a node's disk. */
export const removeCommand = (model: string, nodeId: string): string =>
  `herd rm ${shellWord(model)} ${flagWord("--node", nodeId)}`;

const routerUrl = (settings: RoutingSettings | undefined): string => settings?.routerUrl ?? USUAL_URL;

/** The line that changes settings of the running router. */
export const settingsCommand = (settings: RoutingSettings | undefined, changes: object): string =>
  curl(`${routerUrl(settings)}/dashboard/api/settings`, changes);

/** The line that makes the fleet load a model. An embedding model is loaded by embedding, not by generating. */
export function loadCommand(settings: RoutingSettings | undefined, model: string, isEmbedder = false): string {
  return isEmbedder
    ? curl(`${routerUrl(settings)}/api/embed`, { model, input: "" })
    : curl(`${routerUrl(settings)}/api/generate`, { model });
}

/** The line that does something to a machine; ids may begin with a dash. */
export const nodeCommand = (verb: "drain" | "remove", nodeId: string): string =>
  `herd node ${verb} ${nodeId.startsWith("-") ? "-- " : ""}${shellWord(nodeId)}`;

/** The line that takes a model out of a node's memory; it stays on the disk. */
export const unloadCommand = (settings: RoutingSettings | undefined, model: string, nodeId: string): string =>
  `curl -s ${shellWord(`${routerUrl(settings)}/api/generate`)} -H ${shellWord(`X-Herd-Node: ${nodeId}`)} -d ${shellWord(JSON.stringify({ model, keep_alive: 0 }))}`;

/** The line that takes a pin away. */
export const unpinCommand = (settings: RoutingSettings | undefined, model: string, nodeId: string): string =>
  curl(`${routerUrl(settings)}/dashboard/api/pinned-models`, { node_id: nodeId, model, pinned: false });

/** The line that tries the notices. */
export const noticeTestCommand = (settings: RoutingSettings | undefined): string =>
  `curl -s -X POST ${shellWord(`${routerUrl(settings)}/dashboard/api/health/test-notification`)}`;

const curl = (url: string, content: object): string =>
  `curl -s ${shellWord(url)} -H 'Content-Type: application/json' -d ${shellWord(JSON.stringify(content))}`;
