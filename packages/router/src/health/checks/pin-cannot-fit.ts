import { fromGib } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { unpinCommand } from "../reading/commands.ts";
import { holdersOf } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";
import { gibOf, gibText } from "../words.ts";

/** Of a machine's memory, what pinned models may take at most; the rest is for its system and for caches. */
const MOST_SHARE = 0.8;
/** The same of graphics cards, which hold no system. */
const MOST_SHARE_OF_CARDS = 0.95;
/** Two readings that differ by less are one. */
const SAME_SHARE = 0.1;
/** A chip that shares the memory of the processor is no card, GiB. */
const LEAST_CARD_GB = 2;

/** Nodes on which more is pinned than fits. */
export const pinCannotFit: Check = {
  id: "pin_cannot_fit",
  title: "Pinned models that do not fit together",
  meaning:
    "The models pinned on a node take over 80 % of its memory together, or over 95 % of the memory of its graphics cards where it has some: a warning.",
  appliesTo: ({ traffic }) => (traffic.pins ?? []).some(({ nodeId }) => nodeId !== undefined),
  inspect: (facts) =>
    facts.fleet.nodes
      .filter((node) => !node.isSimulated && node.status !== "offline")
      .flatMap((node) => inspectNode(facts, node)),
};

/** What pinned models may take on a machine. */
interface Room {
  readonly bytes: number;
  readonly totalGb: number;
  readonly isOnCards: boolean;
}

/** Where a machine has graphics cards with memory of their own, only what lies there as a whole is fast. */
function roomOf({ memory, gpus }: NodeSnapshot): Room {
  const cards = gpus.map((gpu) => gpu.vram_total_gb).filter((gib) => gib >= LEAST_CARD_GB);
  const cardsGb = cards.reduce((sum, gib) => sum + gib, 0);
  const ramBytes = MOST_SHARE * fromGib(memory.total_gb);
  // Where processor and graphics share one memory, it is told twice.
  const isShared = Math.abs(cardsGb - memory.total_gb) <= SAME_SHARE * memory.total_gb;
  return cardsGb === 0 || isShared
    ? { bytes: ramBytes, totalGb: memory.total_gb, isOnCards: false }
    : { bytes: MOST_SHARE_OF_CARDS * fromGib(cardsGb), totalGb: cardsGb, isOnCards: true };
}

function inspectNode({ fleet, traffic }: HealthFacts, node: NodeSnapshot): readonly Finding[] {
  const pins = (traffic.pins ?? []).filter(({ nodeId }) => nodeId === node.nodeId);
  const sizes = pins.map(({ model }) => {
    const known = holdersOf(fleet, model).map((one) => one.model.loaded?.sizeBytes ?? one.model.sizeBytes ?? 0);
    return { model, bytes: Math.max(0, ...known) };
  });
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const room = roomOf(node);
  if (pins.length === 0 || total <= room.bytes) return [];
  const [largest] = sizes.toSorted((one, other) => other.bytes - one.bytes);
  const kind = room.isOnCards ? "GPU memory" : "memory";
  return [
    {
      severity: "warning",
      nodeId: node.nodeId,
      subject: "",
      title: "Pinned models do not fit together",
      description: `${listed(pins.map(({ model }) => model))} are pinned on ${node.nodeId} and take ${gibText(gibOf(total))} together; ${gibText(gibOf(room.bytes))} of its ${gibText(room.totalGb)} of ${kind} are for pinned models.`,
      why: room.isOnCards
        ? "What does not fit on the graphics card runs on the processor, several times slower, or pushes another pinned model out."
        : "Each of them pushes another one out of memory, so that none stays there.",
      fix: `Take the pin of ${largest?.model ?? "one of them"} away, or pin it on a node with more memory`,
      command: largest === undefined ? undefined : unpinCommand(traffic.settings, largest.model, node.nodeId),
      details: {
        pinned_gb: gibOf(total),
        limit_gb: gibOf(room.bytes),
        total_gb: room.totalGb,
        by: room.isOnCards ? "gpu_memory" : "memory",
        models: sizes.map(({ model, bytes }) => ({ model, size_gb: gibOf(bytes) })),
      },
    },
  ];
}
