import type { FleetSnapshot, Holder, ModelSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";

const present = new WeakMap<FleetSnapshot, readonly Holder[]>();

/** Every model on every machine that is not the demo's and not gone; looked for once per snapshot. */
export function presentModels(fleet: FleetSnapshot): readonly Holder[] {
  const known = present.get(fleet);
  if (known !== undefined) return known;
  const found = [...fleet.holders.values()].flatMap((holders) => holders.filter(isPresent));
  present.set(fleet, found);
  return found;
}

/** Who has a model of this name now. */
export function holdersOf(fleet: FleetSnapshot, name: string): readonly Holder[] {
  const key = modelKeyOf(name);
  return key === undefined ? [] : (fleet.holders.get(key) ?? []).filter(isPresent);
}

/** Whether any machine, be it asleep, has a model of this name. */
export function isKnown(fleet: FleetSnapshot, name: string): boolean {
  const key = modelKeyOf(name);
  return key !== undefined && (fleet.holders.get(key) ?? []).some(({ node }) => !node.isSimulated);
}

const isPresent = ({ node }: Holder): boolean => !node.isSimulated && node.status !== "offline";

/** Whether there is a real machine that answers: without one, nothing about models can be said. */
export const hasFleet = (fleet: FleetSnapshot): boolean =>
  fleet.nodes.some((node) => !node.isSimulated && node.status !== "offline");

/** Whether a model only embeds. */
export const isEmbedder = ({
  capabilities,
  name,
  facts,
}: Pick<ModelSnapshot, "capabilities" | "name" | "facts">): boolean =>
  capabilities === undefined
    ? /embed|minilm|(^|[/-])(bge|e5|gte)[-:]/i.test(name) || /bert/i.test(facts.family ?? "")
    : capabilities.includes("embedding") && !capabilities.includes("completion");

/** Whether two texts name one model. */
export const isSameModel = (one: string, other: string): boolean =>
  one === other || (modelKeyOf(one) !== undefined && modelKeyOf(one) === modelKeyOf(other));
