import { BYTES_PER_GIB, type ModelKey } from "@herd/shared";
import { modelKeyOf } from "../domain/model-name.ts";
import type { AdviceFacts } from "./advice-facts.ts";
import type { NodeOutlook } from "./node-outlook.ts";
import type { OwnModel } from "./own-models.ts";

/** A model that may go. */
export interface UnusedModel {
  readonly own: OwnModel;
  /** Other nodes that have it. */
  readonly otherCopies: number;
}

/** Smaller ones are not worth a thought. */
const WORTH_BYTES = BYTES_PER_GIB;
/** Nothing may be said of a shorter time without use. */
const UNUSED_MS = 30 * 86_400_000;
/** What came only lately may be wanted soon. */
const FRESH_MS = 14 * 86_400_000;

/**
 * Large models on a node that nobody used for thirty days: only once the records go back that far, and never what is in
 * memory, pinned, newly pulled, made there from another model, or shares its files with another name there.
 */
export function unusedOn(outlook: NodeOutlook, facts: AdviceFacts): readonly UnusedModel[] {
  const { now, usage, fleet } = facts;
  if (usage.since === undefined || usage.since * 1000 > now - UNUSED_MS) return [];
  const used = usedOn(outlook, facts);
  return outlook.own
    .filter((own) => own.weightBytes >= WORTH_BYTES && own.model.loaded === undefined && !used.has(own.key))
    .filter(({ model }) => (model.facts.parentModel ?? "") === "")
    .filter((own) => !isFresh(own, now) && !facts.isPinned(outlook.node, own.key) && !sharesFiles(own, outlook))
    .map((own) => ({ own, otherCopies: (fleet.holders.get(own.key)?.length ?? 1) - 1 }))
    .toSorted((one, other) => other.own.weightBytes - one.own.weightBytes || (one.own.key < other.own.key ? -1 : 1));
}

function usedOn({ node }: NodeOutlook, { usage }: AdviceFacts): ReadonlySet<ModelKey> {
  const here = [...usage.lastUses, ...usage.used].filter(({ nodeId }) => nodeId === node.nodeId);
  return new Set(here.flatMap(({ model }) => modelKeyOf(model) ?? []));
}

/** A time that cannot be read tells nothing. */
const isFresh = ({ model }: OwnModel, now: number): boolean =>
  Date.parse(model.facts.modifiedAt ?? "") > now - FRESH_MS;

const sharesFiles = ({ key, model }: OwnModel, { own }: NodeOutlook): boolean =>
  model.digest !== undefined && own.some((other) => other.key !== key && other.model.digest === model.digest);
