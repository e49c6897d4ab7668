import { fromGib } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Check } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { pullCommand } from "../reading/commands.ts";
import { isEmbedder, presentModels } from "../reading/real-models.ts";
import { plainText } from "../words.ts";

/** Machines that answer and have nothing to answer with. */
export const nodeWithoutModels: Check = {
  id: "node_without_models",
  title: "Machines without models",
  meaning: "warning when a machine's servers answer, but have no model",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node, facts: { heartbeat } }) => {
      const { models_available: available, models_loaded: loaded, reachable } = heartbeat.ollama;
      const served = (heartbeat.backends ?? []).some(({ models }) => models.length > 0);
      if (reachable === false || served || available.length + loaded.length > 0) return [];
      return {
        severity: "warning" as const,
        nodeId: node.nodeId,
        subject: "",
        title: `${plainText(node.nodeId)} has no model`,
        description: "Its Ollama answers and lists no model.",
        why: "It cannot serve any request.",
        fix: "Pull a model onto it; herd recommend tells which ones suit it",
        command: pullCommand(modelFor(facts, node), node.nodeId),
        details: { models_available: 0 },
      };
    }),
};

/** Runs on any machine. */
const SMALL_MODEL = "gemma3:1b";
/** Cache and buffers beside the weights. */
const BESIDE_WEIGHTS = 1.2;

/** The largest that another machine has and that fits here, so that the two can stand in for each other; else a small one. */
function modelFor({ fleet }: HealthFacts, { memory }: NodeSnapshot): string {
  const room = fromGib(memory.available_gb) / BESIDE_WEIGHTS;
  const fitting = presentModels(fleet)
    .filter(({ backend, model }) => backend.kind === "ollama" && !isEmbedder(model))
    .map(({ model }) => ({ name: model.name, bytes: model.sizeBytes ?? Number.POSITIVE_INFINITY }))
    .filter(({ bytes }) => bytes <= room)
    .toSorted((one, other) => other.bytes - one.bytes);
  return fitting[0]?.name ?? SMALL_MODEL;
}
