import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { boardPower, cardPower, machinePower, type PowerRange } from "./hardware-power.ts";

/** Power that a node takes now. */
export interface NodePower {
  readonly watts: number;
  /** It comes from the hardware's class: no part that matters was measured. */
  readonly isEstimated: boolean;
}

/** What of a node tells its power. */
export type PoweredNode = Pick<NodeSnapshot, "chip" | "cpu" | "gpus" | "power">;

/** More than any of these can take: such a reading is a fault of whoever measured, and counts as none, W. */
const MOST = { machine: 20_000, processors: 5_000, card: 3_000 } as const;
/** More cores than a machine has. */
const MOST_CORES = 1_024;

/**
 * A battery's word about the whole machine first. Else the sum of its parts: cards as they report, processors as they were
 * measured or by their class; it counts as measured where every card reports, or where there is no card and the processors
 * were measured. Else by the hardware's class: between idle and busy by how busy the machine reports to be, and busy while
 * it computes for the fleet and does not tell how busy its cards are.
 */
export function nodePower(node: PoweredNode, isComputing: boolean): NodePower {
  const { power, cpu, chip } = node;
  const measured = power?.watts_of === "machine" ? credible(power.watts, MOST.machine) : undefined;
  if (measured !== undefined) return { watts: measured, isEstimated: false };
  const gpus = node.gpus.map((card) => ({ ...card, power_w: credible(card.power_w, MOST.card) }));
  const whole = machinePower(chip);
  const load = loadOf(node, isComputing);
  const measuredCpu = power?.watts_of === "cpu" ? credible(power.watts, MOST.processors) : undefined;
  if (whole !== undefined && gpus.every(({ power_w }) => power_w === undefined) && measuredCpu === undefined)
    return { watts: between(whole, load), isEstimated: true };
  const cards = gpus.filter(({ power_w, vram_total_gb }) => power_w !== undefined || vram_total_gb > 0);
  const isEstimated =
    cards.length === 0 ? measuredCpu === undefined : cards.some(({ power_w }) => power_w === undefined);
  const ofCards = cards.reduce((sum, card) => sum + (card.power_w ?? between(cardPower(card), load)), 0);
  const board =
    measuredCpu ??
    between(boardPower(Math.min(cpu.cores_physical, MOST_CORES)), cards.length > 0 ? shareOf(cpu) : load);
  return { watts: ofCards + board, isEstimated };
}

/** Nothing that runs takes nothing. */
const credible = (watts: number | undefined, most: number): number | undefined =>
  watts !== undefined && watts > 0 && watts <= most ? watts : undefined;

const shareOf = ({ utilization_pct }: PoweredNode["cpu"]): number => utilization_pct / 100;

/** How busy the part is that computes models, 0 to 1. */
function loadOf({ gpus, cpu }: PoweredNode, isComputing: boolean): number {
  const told = gpus.flatMap(({ utilization_pct }) => utilization_pct ?? []);
  if (told.length > 0) return Math.max(...told) / 100;
  return isComputing ? 1 : shareOf(cpu);
}

const between = ({ idle, busy }: PowerRange, load: number): number => idle + (busy - idle) * load;
