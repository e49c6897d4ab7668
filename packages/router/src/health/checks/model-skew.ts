import type { Holder } from "../../domain/fleet-snapshot.ts";
import type { Check, Finding } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { groupedBy } from "../reading/evidence.ts";
import { presentModels } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";

/** Digits of a digest that tell versions apart, as `ollama list` shows them. */
const SHOWN_DIGITS = 12;

/** Models that are not the same on all nodes. */
export const modelSkew: Check = {
  id: "model_skew",
  title: "Models that are not the same everywhere",
  meaning: "Nodes have different digests under one model's name: a warning.",
  appliesTo: ({ fleet }) => presentModels(fleet).some(({ model }) => model.digest !== undefined),
  inspect: ({ fleet }) => {
    const told = presentModels(fleet).filter(
      ({ backend, model }) => backend.kind === "ollama" && model.digest !== undefined,
    );
    return groupedBy(told, ({ model }) => model.key).flatMap(([, holders]) =>
      differ(holders) && new Set(holders.map(digestOf)).size > 1 ? [findingOf(holders)] : [],
    );
  },
};

/** Nearly always all are the same text. */
const differ = (holders: readonly Holder[]): boolean =>
  holders.some(({ model }) => model.digest !== holders[0]?.model.digest);

/** Some programs write the algorithm before the digits. */
const digestOf = ({ model }: Holder): string => (model.digest ?? "").replace(/^sha256:/, "").toLowerCase();

function findingOf(holders: readonly Holder[]): Finding {
  const byAge = holders.toSorted(
    (one, other) => compare(ageOf(one), ageOf(other)) || compare(one.node.nodeId, other.node.nodeId),
  );
  const newest = byAge.at(-1);
  const behind = byAge.filter((holder) => newest !== undefined && digestOf(holder) !== digestOf(newest));
  const name = newest?.model.name ?? "";
  return {
    severity: "warning",
    nodeId: undefined,
    subject: newest?.model.key ?? name,
    title: "A model is not the same on all nodes",
    description: `${name} is one version on ${listed(holders.filter((one) => !behind.includes(one)).map(({ node }) => node.nodeId))} and another on ${listed(behind.map(({ node }) => node.nodeId))}.`,
    why: "The same question gets different answers, depending on which node takes it; vectors of different versions cannot be compared.",
    fix: `Pull ${name} anew on ${listed(behind.map(({ node }) => node.nodeId))}`,
    command: pullCommand(name, behind[0]?.node.nodeId),
    details: {
      model: name,
      digests: Object.fromEntries(holders.map((one) => [one.node.nodeId, digestOf(one).slice(0, SHOWN_DIGITS)])),
      behind: behind.map(({ node }) => node.nodeId),
    },
  };
}

/** Times of one form compare as texts. */
const ageOf = ({ model }: Holder): string => model.facts.modifiedAt ?? "";
const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
