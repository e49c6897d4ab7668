import { modelKeyOf } from "../../domain/model-name.ts";
import type { RoutingSettings } from "../facts/traffic-facts.ts";
import { shellWord } from "../words.ts";

const DEFAULT_PORT = 11_435;

/** The line that puts a model on a node, or on the best one; undefined for a name that no Ollama accepts. */
export function pullCommand(model: string, nodeId?: string): string | undefined {
  if (modelKeyOf(model) === undefined) return undefined;
  return `herd pull ${shellWord(model)}${nodeId === undefined ? "" : ` --node ${shellWord(nodeId)}`}`;
}

/** The address of the router as its own machine calls it. */
const routerUrl = (settings: RoutingSettings | undefined): string =>
  `http://localhost:${settings === undefined || settings.port === 0 ? DEFAULT_PORT : settings.port}`;

/** The line that changes settings of the running router. */
export const settingsCommand = (settings: RoutingSettings | undefined, changes: object): string =>
  curl(`${routerUrl(settings)}/dashboard/api/settings`, changes);

/** The line that makes the fleet load a model. An embedding model is loaded by embedding, not by generating. */
export function loadCommand(settings: RoutingSettings | undefined, model: string, isEmbedder = false): string {
  return isEmbedder
    ? curl(`${routerUrl(settings)}/api/embed`, { model, input: "" })
    : curl(`${routerUrl(settings)}/api/generate`, { model });
}

const curl = (url: string, content: object): string =>
  `curl -s ${shellWord(url)} -H 'Content-Type: application/json' -d ${shellWord(JSON.stringify(content))}`;
