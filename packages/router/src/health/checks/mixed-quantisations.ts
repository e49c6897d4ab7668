import type { Holder } from "../../domain/fleet-snapshot.ts";
import { parseModelName } from "../../domain/model-name.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { groupedBy } from "../reading/evidence.ts";
import { presentModels } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";

/** Models that different nodes have in different quantisations, under names that cannot stand in for each other. */
export const mixedQuantisations: Check = {
  id: "mixed_quantisations",
  title: "One model in several quantisations",
  meaning:
    "Nodes have one model of one size in different quantisations under different names, and no node has all of them: information.",
  appliesTo: ({ fleet }) => presentModels(fleet).length > 1,
  inspect: ({ fleet }) =>
    groupedBy(presentModels(fleet).filter(isTold), familyOf).flatMap(([, holders]) => {
      const kinds = groupedBy(holders, ({ model }) => model.facts.quantization ?? "");
      const names = [...new Set(holders.map(({ model }) => model.name))];
      if (kinds.length < 2 || names.length < 2 || hasAllSomewhere(holders, kinds.length)) return [];
      const places = kinds.map(([kind, having]) => `${kind} on ${listed(having.map(({ node }) => node.nodeId))}`);
      const [first, ...others] = names;
      const without = holders.find(({ model }) => others.includes(model.name));
      return [
        {
          severity: "info" as const,
          nodeId: undefined,
          subject: names.toSorted()[0] ?? "",
          title: "One model in several quantisations",
          description: `${listed(names)} are one model in ${counted(kinds.length, "quantisation")}: ${places.join("; ")}.`,
          why: "Each name can only be served by the nodes that have it: they cannot help each other out, and answers differ in quality.",
          fix: "Choose one quantisation that fits all these nodes, and an alias for the other name",
          command: first === undefined ? undefined : pullCommand(first, without?.node.nodeId),
          details: {
            models: names,
            quantisations: Object.fromEntries(
              kinds.map(([kind, having]) => [kind, having.map(({ node }) => node.nodeId)]),
            ),
          },
        },
      ];
    }),
};

const isTold = ({ model: { facts } }: Holder): boolean =>
  (facts.quantization ?? "") !== "" && facts.quantization !== "unknown" && (facts.parameterSize ?? "") !== "";

/** Name without its tag, and size: what makes two of them one model. */
function familyOf({ model }: Holder): string {
  const parsed = parseModelName(model.name);
  const name = parsed.kind === "name" ? `${parsed.host}/${parsed.namespace}/${parsed.model}` : model.name;
  return `${name} ${model.facts.parameterSize}`.toLowerCase();
}

/** Somebody keeps them side by side on purpose. */
const hasAllSomewhere = (holders: readonly Holder[], kinds: number): boolean =>
  groupedBy(holders, ({ node }) => node.nodeId).some(
    ([, ofNode]) => new Set(ofNode.map(({ model }) => model.facts.quantization)).size === kinds,
  );
