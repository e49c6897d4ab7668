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

/**
 * A battery's word about the whole machine first. Else the sum of its parts: cards as they report, processors as they were
 * measured or by their class; it counts as measured where every card reports, or where there is no card and the processors
 * were measured. Else by the hardware's class: between idle and busy by how busy the machine reports to be, and busy while
 * it computes for the fleet and does not tell how busy its cards are.
 */
export function nodePower(node: PoweredNode, isComputing: boolean): NodePower {
  const { power, gpus, cpu, chip } = node;
  if (power?.watts !== undefined && power.watts_of === "machine") return { watts: power.watts, isEstimated: false };
  const whole = machinePower(chip);
  const load = loadOf(node, isComputing);
  const measuredCpu = power?.watts_of === "cpu" ? power.watts : undefined;
  if (whole !== undefined && gpus.every(({ power_w }) => power_w === undefined) && measuredCpu === undefined)
    return { watts: between(whole, load), isEstimated: true };
  const cards = gpus.filter(({ power_w, vram_total_gb }) => power_w !== undefined || vram_total_gb > 0);
  const isEstimated =
    cards.length === 0 ? measuredCpu === undefined : cards.some(({ power_w }) => power_w === undefined);
  const ofCards = cards.reduce((sum, card) => sum + (card.power_w ?? between(cardPower(card), load)), 0);
  const board = measuredCpu ?? between(boardPower(cpu.cores_physical), cards.length > 0 ? shareOf(cpu) : load);
  return { watts: ofCards + board, isEstimated };
}

const shareOf = ({ utilization_pct }: PoweredNode["cpu"]): number => utilization_pct / 100;

/** How busy the part is that computes models, 0 to 1. */
function loadOf({ gpus, cpu }: PoweredNode, isComputing: boolean): number {
  const told = gpus.flatMap(({ utilization_pct }) => utilization_pct ?? []);
  if (told.length > 0) return Math.max(...told) / 100;
  return isComputing ? 1 : shareOf(cpu);
}

const between = ({ idle, busy }: PowerRange, load: number): number => idle + (busy - idle) * load;
