import type { ModelKey } from "@herd/shared";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { type DiskParts, isAnswering } from "./disk-parts.ts";

/** The machines whose Ollama has a model. */
export type Holders =
  | {
      readonly kind: "holders";
      /** Those that can be called, the best first. */
      readonly reachable: readonly NodeSnapshot[];
      /** Those that have it and cannot be called now. */
      readonly absent: readonly NodeSnapshot[];
    }
  | { readonly kind: "nobody" }
  /** Only backends have it whose models are not Ollama's to change. */
  | { readonly kind: "others" }
  | { readonly kind: "unknown-node" };

/** What is looked for; `nodeId` narrows it to one node. */
export interface HolderWish {
  readonly modelKey: ModelKey;
  readonly nodeId: string | undefined;
}

/** Finds who has a model on its disk. Only a name that nobody is known to have costs a question to the nodes. */
export async function findHolders(parts: Pick<DiskParts, "fleet" | "askNodes">, wish: HolderWish): Promise<Holders> {
  const known = holdersIn(parts.fleet(true), wish);
  if (known.kind !== "nobody") return known;
  await parts.askNodes();
  return holdersIn(parts.fleet(true), wish);
}

function holdersIn(fleet: FleetSnapshot, { modelKey, nodeId }: HolderWish): Holders {
  if (nodeId !== undefined && !fleet.nodes.some((node) => node.nodeId === nodeId)) return { kind: "unknown-node" };
  const all = fleet.holders.get(modelKey)?.filter(({ node }) => nodeId === undefined || node.nodeId === nodeId) ?? [];
  const holders = all.filter(({ backend }) => backend.kind === "ollama").map(({ node }) => node);
  if (holders.length === 0) return { kind: all.length === 0 ? "nobody" : "others" };
  const reachable = holders.filter(isAnswering);
  return {
    kind: "holders",
    reachable: reachable.toSorted((a, b) => Number(isReady(b)) - Number(isReady(a))),
    absent: holders.filter((node) => !reachable.includes(node)),
  };
}

const isReady = ({ status, isDraining }: NodeSnapshot): boolean => status === "online" && !isDraining;
