import { fromGib } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { holdersOf } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";
import { gibOf, gibText } from "../words.ts";

/** Of a machine's memory, what pinned models may take at most; the rest is for its system and for caches. */
const MOST_SHARE = 0.8;

/** Nodes on which more is pinned than fits. */
export const pinCannotFit: Check = {
  id: "pin_cannot_fit",
  title: "Pinned models that do not fit together",
  meaning: "The models pinned on a node take over 80 % of its memory together: a warning.",
  appliesTo: ({ traffic }) => (traffic.pins ?? []).some(({ nodeId }) => nodeId !== undefined),
  inspect: (facts) =>
    facts.fleet.nodes
      .filter((node) => !node.isSimulated && node.status !== "offline")
      .flatMap((node) => inspectNode(facts, node)),
};

function inspectNode({ fleet, traffic }: HealthFacts, node: NodeSnapshot): readonly Finding[] {
  const pins = (traffic.pins ?? []).filter(({ nodeId }) => nodeId === node.nodeId);
  const sizes = pins.map(({ model }) => {
    const known = holdersOf(fleet, model).map((one) => one.model.loaded?.sizeBytes ?? one.model.sizeBytes ?? 0);
    return { model, bytes: Math.max(0, ...known) };
  });
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const limit = MOST_SHARE * fromGib(node.memory.total_gb);
  if (pins.length === 0 || total <= limit) return [];
  const [largest] = sizes.toSorted((one, other) => other.bytes - one.bytes);
  return [
    {
      severity: "warning",
      nodeId: node.nodeId,
      subject: "",
      title: "Pinned models do not fit together",
      description: `${listed(pins.map(({ model }) => model))} are pinned on ${node.nodeId} and take ${gibText(gibOf(total))} together; ${gibText(gibOf(limit))} of its ${gibText(node.memory.total_gb)} are for pinned models.`,
      why: "Each of them pushes another one out of memory, so that none stays there.",
      fix: `Take the pin of ${largest?.model ?? "one of them"} away, or pin it on a node with more memory`,
      details: {
        pinned_gb: gibOf(total),
        limit_gb: gibOf(limit),
        total_gb: node.memory.total_gb,
        models: sizes.map(({ model, bytes }) => ({ model, size_gb: gibOf(bytes) })),
      },
    },
  ];
}
