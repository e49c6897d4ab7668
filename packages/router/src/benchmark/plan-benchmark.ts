import { toGib } from "@herd/shared";
import type { FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import type { BenchmarkOrder, BenchmarkTarget, WorkType } from "./benchmark-order.ts";

/** What is to be measured, or why nothing can be. */
export type BenchmarkPlan =
  | { readonly kind: "plan"; readonly targets: readonly BenchmarkTarget[] }
  | { readonly kind: "nothing"; readonly why: string };

/** Models that `full` measures on one node at most: each takes a load. */
const MOST_PER_NODE = 4;
/** Share of the memory, of the graphics cards' where there are any, that a model may take to be loaded for a measurement. */
const LARGEST_SHARE = 0.8;

/** Chooses the nodes and models of a run. Simulated machines take part only where no other has a model. */
export function planBenchmark(order: BenchmarkOrder, fleet: FleetSnapshot): BenchmarkPlan {
  const unknown = order.nodes.find((id) => !fleet.nodes.some((node) => node.nodeId === id));
  if (unknown !== undefined) return { kind: "nothing", why: `no node is called '${unknown}'` };
  const nodes = measurable(fleet.nodes).filter((node) => order.nodes.length === 0 || order.nodes.includes(node.nodeId));
  if (nodes.length === 0) return { kind: "nothing", why: "no machine that could be measured is online" };
  const targets = nodes.flatMap((node) => targetsOn(node, order));
  const missing = order.models.find((name) => !targets.some((target) => isSame(target.model, name)));
  if (missing !== undefined) return { kind: "nothing", why: `no chosen node has the model '${missing}'` };
  if (targets.length > 0) return { kind: "plan", targets };
  return { kind: "nothing", why: `no model for ${order.types.join(", ")} is on the machines` };
}

function measurable(nodes: readonly NodeSnapshot[]): readonly NodeSnapshot[] {
  const answering = nodes.filter((node) => node.status !== "offline" && !node.isDraining);
  const hasModels = ({ backends }: NodeSnapshot): boolean => backends.some(({ models }) => models.size > 0);
  const real = answering.filter((node) => !node.isSimulated && hasModels(node));
  return real.length > 0 ? real : answering;
}

function targetsOn(node: NodeSnapshot, order: BenchmarkOrder): readonly BenchmarkTarget[] {
  const held = node.backends
    .filter((backend) => backend.reachability !== "unreachable")
    .flatMap((backend) => [...backend.models.values()])
    .filter((model) => !isCloud(model));
  const wanted = held.map((model) => targetOf(node, model)).filter(({ type }) => order.types.includes(type));
  if (order.models.length > 0) return namedTargets(node, wanted, order);
  const loaded = wanted.filter((target) => target.wasLoaded);
  if (order.mode === "full") return [...loaded, ...fitting(node, wanted)].slice(0, MOST_PER_NODE);
  return loaded.length > 0 ? loaded : fitting(node, wanted).slice(0, 1);
}

/** A name that only stands for a model elsewhere has no file. */
const isCloud = ({ name }: ModelSnapshot): boolean => /[:-]cloud$/.test(name);

function namedTargets(
  node: NodeSnapshot,
  held: readonly BenchmarkTarget[],
  { models, pulls, types }: BenchmarkOrder,
): readonly BenchmarkTarget[] {
  return models.flatMap((name) => {
    const found = held.find((target) => isSame(target.model, name));
    if (found !== undefined) return [found];
    const type = types[0] ?? "llm";
    return pulls ? [{ nodeId: node.nodeId, model: name, type, wasLoaded: false, mustPull: true, sizeGb: 0 }] : [];
  });
}

const isSame = (one: string, other: string): boolean => modelKeyOf(one) === modelKeyOf(other);

/** On disk and not in memory, smallest first: they are there soonest, and disturb least. */
function fitting(node: NodeSnapshot, targets: readonly BenchmarkTarget[]): readonly BenchmarkTarget[] {
  const vram = node.gpus.reduce((sum, gpu) => sum + gpu.vram_total_gb, 0);
  const room = (vram > 0 ? vram : node.memory.total_gb) * LARGEST_SHARE;
  return targets
    .filter(({ wasLoaded, sizeGb }) => !wasLoaded && sizeGb <= room)
    .toSorted((one, other) => one.sizeGb - other.sizeGb || (one.model < other.model ? -1 : 1));
}

const targetOf = (node: NodeSnapshot, model: ModelSnapshot): BenchmarkTarget => ({
  nodeId: node.nodeId,
  model: model.name,
  type: typeOf(model),
  wasLoaded: model.loaded !== undefined,
  mustPull: false,
  sizeGb: toGib(model.loaded?.sizeBytes ?? model.sizeBytes ?? 0),
});

/** Where the node tells no abilities, the name has to do. */
function typeOf({ capabilities = [], name }: ModelSnapshot): WorkType {
  if (capabilities.includes("image")) return "image";
  if (capabilities.includes("completion")) return "llm";
  return capabilities.includes("embedding") || /embed|minilm|bge/.test(name) ? "embed" : "llm";
}
