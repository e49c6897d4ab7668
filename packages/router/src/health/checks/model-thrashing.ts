import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Check, Finding } from "../check.ts";
import type { UseCell } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { pullCommand } from "../reading/commands.ts";
import { recentOf, tracesOf } from "../reading/evidence.ts";
import { relievers } from "../reading/relief.ts";
import { sumOf, workOf } from "../reading/use-sums.ts";
import { listed, rounded } from "../reading/wording.ts";
import { gibText } from "../words.ts";

/** Cold loads of a day on a node with room: the predecessor's bounds. */
const LEAST_COLD = 3;
const LEAST_FREE_GB = 4;
/** Loads of an hour that take turns between models. */
const LEAST_SWAPS = 6;
const LEAST_LOADS_EACH = 2;
/** Below it a load is no load, ms: Ollama reports some for every request. */
const LOADED_FROM_MS = 500;

/** Models that push each other out of memory, or are loaded again though there is room. */
export const modelThrashing: Check = {
  id: "model_thrashing",
  title: "Models that are loaded again and again",
  meaning:
    "On a node, two models or more were loaded twice or more within the last hour, 6 loads in all; or 3 requests of 24 hours waited 40 s for a load although 4 GiB are free: a warning, information when none did in the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const byNode = Map.groupBy(workOf(facts), ({ nodeId }) => nodeId);
    return facts.fleet.nodes
      .filter((node) => !node.isSimulated && node.status !== "offline")
      .flatMap((node) => inspectNode(facts, node, byNode.get(node.nodeId) ?? []));
  },
};

/** Requests that waited for a load, not for their turn; rows of earlier programs tell no loads. */
const coldOf = (cell: UseCell, window: "day" | "recent"): number =>
  cell.kind === "" ? cell[window].coldLoads : Math.min(cell[window].coldLoads, cell[window].loads);

function inspectNode(facts: HealthFacts, node: NodeSnapshot, cells: readonly UseCell[]): readonly Finding[] {
  const swapped = cells.filter(({ recent }) => recent.loads >= LEAST_LOADS_EACH);
  const isSwapping =
    new Set(swapped.map(({ model }) => model)).size > 1 && sumOf(swapped, "recent", "loads") >= LEAST_SWAPS;
  const cold = cells.reduce((sum, cell) => sum + coldOf(cell, "day"), 0);
  const coldNow = cells.reduce((sum, cell) => sum + coldOf(cell, "recent"), 0);
  const isReloading = cold >= LEAST_COLD && node.memory.available_gb > LEAST_FREE_GB;
  if (!isSwapping && !isReloading) return [];
  const models = (isSwapping ? swapped : cells.filter((cell) => coldOf(cell, "day") > 0)).map(({ model }) => model);
  return [findingOf(facts, node, { models, isSwapping, cold, coldNow, loads: sumOf(cells, "recent", "loads") })];
}

interface Thrashing {
  readonly models: readonly string[];
  readonly isSwapping: boolean;
  readonly cold: number;
  readonly coldNow: number;
  readonly loads: number;
}

function findingOf(facts: HealthFacts, node: NodeSnapshot, seen: Thrashing): Finding {
  const rows = (facts.traffic.newest ?? []).filter((row) => row.nodeId === node.nodeId && row.loadMs > LOADED_FROM_MS);
  const isOver = !seen.isSwapping && seen.coldNow === 0;
  const shown = isOver || recentOf(facts, rows).length === 0 ? rows : recentOf(facts, rows);
  const relief = seen.models
    .flatMap((model) => relievers(facts, model).flatMap(({ nodeId }) => pullCommand(model, nodeId) ?? []))
    .at(0);
  return {
    severity: isOver ? "info" : "warning",
    isResolved: isOver,
    nodeId: node.nodeId,
    subject: "",
    title: "Models are loaded again and again",
    description: seen.isSwapping
      ? `${node.nodeId} loaded models ${seen.loads} times within the last hour; ${listed(seen.models)} take turns.`
      : `${counted(seen.cold, "request")} waited over 40 s for a load on ${node.nodeId} in 24 hours, although ${gibText(node.memory.available_gb)} are free there.`,
    why: "While a model is loaded nothing is computed, and everyone who asks for it waits.",
    fix: seen.isSwapping
      ? `Put one of ${listed(seen.models)} on another node, or raise OLLAMA_MAX_LOADED_MODELS on ${node.nodeId} where its memory holds them together`
      : `Set a longer OLLAMA_KEEP_ALIVE on ${node.nodeId} and restart its Ollama; its memory has room`,
    command: seen.isSwapping ? relief : undefined,
    traces: tracesOf(shown),
    details: {
      cold_loads_24h: seen.cold,
      cold_loads_1h: seen.coldNow,
      loads_1h: seen.loads,
      available_gb: rounded(node.memory.available_gb),
      models: [...new Set(seen.models)],
    },
  };
}
