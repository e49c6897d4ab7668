import { fromGib } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { HealthFacts } from "../facts.ts";
import { holdersOf } from "./real-models.ts";

/** Cache and buffers beside the weights. */
const BESIDE_WEIGHTS = 1.2;

/** Machines that could take a model over and do not have it, the one with most free memory first. */
export function relievers({ fleet }: HealthFacts, model: string): readonly NodeSnapshot[] {
  const holders = holdersOf(fleet, model);
  const having = new Set(holders.map(({ node }) => node.nodeId));
  const weights = Math.max(0, ...holders.map((holder) => holder.model.sizeBytes ?? 0));
  const memory = Math.max(weights * BESIDE_WEIGHTS, ...holders.map((holder) => holder.model.loaded?.sizeBytes ?? 0));
  // Nobody can say whether a model of unknown size fits.
  if (memory === 0) return [];
  return fleet.nodes
    .filter(
      (node) =>
        canServe(node) &&
        !having.has(node.nodeId) &&
        fromGib(node.memory.available_gb) >= memory &&
        (node.disk === undefined || fromGib(node.disk.available_gb) >= weights * BESIDE_WEIGHTS),
    )
    .toSorted(
      (one, other) => other.memory.available_gb - one.memory.available_gb || (one.nodeId < other.nodeId ? -1 : 1),
    );
}

const canServe = (node: NodeSnapshot): boolean =>
  !node.isSimulated &&
  node.status === "online" &&
  !node.isDraining &&
  node.backends.some(({ kind, reachability }) => kind === "ollama" && reachability !== "unreachable");
