import type { BackendSnapshot, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { parseModelName } from "../../domain/model-name.ts";
import type { Capability } from "../../domain/request.ts";

/** A model on a node, as far as the choice looks at it; a `Holder` is one. */
export interface ModelPlace {
  readonly node: Pick<NodeSnapshot, "status" | "isDraining">;
  readonly backend: Pick<BackendSnapshot, "reachability">;
  readonly model: Pick<
    ModelSnapshot,
    "key" | "name" | "capabilities" | "loaded" | "sizeBytes" | "contextMax" | "facts"
  >;
}

/** What is known of one model over all nodes that have it. Larger is better in each; the first difference decides. */
interface Rating {
  readonly name: string;
  readonly key: string;
  readonly merits: readonly number[];
}

/**
 * The model of the fleet that serves a chat best, whatever the order in which the models come: on a node that can answer
 * now, with what the request needs (or perhaps: where nobody tells), known to chat, with tools, in memory, with more
 * parameters, with a longer context. Never one that only embeds, and none of the cloud.
 */
export function bestChatModel(
  models: Iterable<readonly ModelPlace[]>,
  needed: readonly Capability[] = [],
): { readonly name: string } | undefined {
  let best: Rating | undefined;
  for (const places of models) {
    const rating = rate(places, needed);
    if (rating !== undefined && (best === undefined || isBetter(rating, best))) best = rating;
  }
  return best;
}

function rate(places: readonly ModelPlace[], needed: readonly Capability[]): Rating | undefined {
  const able = places.filter(({ node, backend }) => canAnswer(node, backend));
  const asked = able.length > 0 ? able : places;
  const models = asked.map(({ model }) => model).filter(mayChat);
  const [first] = models.toSorted((one, other) => compareTexts(one.name, other.name));
  if (first === undefined) return undefined;
  const has = (capability: Capability): boolean =>
    models.some(({ capabilities }) => capabilities?.includes(capability));
  const isUnknown = models.some(({ capabilities }) => capabilities === undefined);
  const merits = [
    Number(able.length > 0),
    needed.every(has) ? 1 : Number(isUnknown) / 2,
    Number(has("completion")),
    Number(has("tools")),
    Number(models.some(({ loaded }) => loaded !== undefined)),
    Math.max(...models.map(parametersOf)),
    Math.max(...models.map(({ contextMax, loaded }) => contextMax ?? loaded?.contextLength ?? 0)),
  ];
  return { name: first.name, key: first.key, merits };
}

const canAnswer = (node: ModelPlace["node"], { reachability }: ModelPlace["backend"]): boolean =>
  node.status !== "offline" && !node.isDraining && reachability !== "unreachable";

/** Names and families of models that embed, rerank, listen or paint; asked only where nobody tells what a model can do. */
const OTHER_TRADES =
  /embed|minilm|rerank|whisper|(^|[/-])((modern|distil|al)?bert|roberta|bge|e5|gte|flux|stable-diffusion)([-:.]|$)/i;

function mayChat({ name, capabilities, facts }: ModelPlace["model"]): boolean {
  const parsed = parseModelName(name);
  if (parsed.kind !== "name" || parsed.source === "cloud") return false;
  if (capabilities !== undefined) return capabilities.includes("completion");
  // Ollama's own image models stand in the namespace `x`.
  return parsed.namespace !== "x" && !OTHER_TRADES.test(name) && !OTHER_TRADES.test(facts.family ?? "");
}

const UNITS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };
/** A parameter of a model with four bits each, with scales and unquantised layers, bytes. */
const BYTES_PER_PARAMETER = 0.61;

/** Parameters as reported, else reckoned from the bytes on disk; 0 where neither is told. */
function parametersOf({ facts, sizeBytes }: ModelPlace["model"]): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([KMBT])$/i.exec(facts.parameterSize ?? "") ?? [];
  const scale = UNITS[unit?.toUpperCase() ?? ""];
  if (count !== undefined && scale !== undefined) return Number(count) * scale;
  return (sizeBytes ?? 0) / BYTES_PER_PARAMETER;
}

function isBetter(one: Rating, other: Rating): boolean {
  const at = one.merits.findIndex((merit, index) => merit !== other.merits[index]);
  if (at === -1) return compareTexts(one.key, other.key) < 0;
  return (one.merits[at] ?? 0) > (other.merits[at] ?? 0);
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
