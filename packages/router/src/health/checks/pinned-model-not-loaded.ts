import type { Check, Finding } from "../check.ts";
import type { PinFacts } from "../facts/use-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { loadCommand, pullCommand } from "../reading/commands.ts";
import { hasFleet, holdersOf, isEmbedder } from "../reading/real-models.ts";
import { plainText } from "../words.ts";

/** Models that shall stay in memory and are not there. */
export const pinnedModelNotLoaded: Check = {
  id: "pinned_model_not_loaded",
  title: "Pinned models that are not in memory",
  meaning: "A pinned model is not in memory where it is pinned, on a node that is there: a warning.",
  appliesTo: ({ fleet, traffic }) => hasFleet(fleet) && (traffic.pins ?? []).length > 0,
  inspect: (facts) => (facts.traffic.pins ?? []).flatMap((pin) => inspectPin(facts, pin)),
};

function inspectPin({ fleet, traffic }: HealthFacts, { model, nodeId }: PinFacts): readonly Finding[] {
  const node = fleet.nodes.find((one) => one.nodeId === nodeId);
  // A machine that is off is told elsewhere, and holds nothing in memory.
  if (nodeId !== undefined && (node === undefined || node.status === "offline" || node.isSimulated)) return [];
  const holders = holdersOf(fleet, model).filter((one) => nodeId === undefined || one.node.nodeId === nodeId);
  if (holders.some((one) => one.model.loaded !== undefined)) return [];
  const [first] = holders;
  const name = plainText(model);
  return [
    {
      severity: "warning",
      nodeId,
      subject: model,
      title: "A pinned model is not in memory",
      description: `${name} is pinned${nodeId === undefined ? "" : ` on ${nodeId}`} and ${first === undefined ? "not on its disk" : "not in memory"}.`,
      why: "Who pinned it counts on an answer without a load; the next request waits for one.",
      fix:
        first === undefined
          ? `Put ${name} on ${nodeId ?? "a node"}, or take the pin away`
          : `Load ${name} now; if it does not stay, its node has too little memory for all that is pinned there`,
      command:
        first === undefined
          ? pullCommand(model, nodeId)
          : loadCommand(traffic.settings, model, isEmbedder(first.model)),
      details: { model, pinned_node: nodeId ?? null, is_on_disk: first !== undefined },
    },
  ];
}
