import type { SimulatedMachine } from "../options.ts";
import type { Runner } from "./runner.ts";

/** Where a model of `sizeBytes` goes beside the loaded ones. */
export type Placement =
  | { readonly kind: "fits"; readonly vramBytes: number }
  | { readonly kind: "needs-room" }
  | { readonly kind: "too-large"; readonly text: string };

/**
 * Decides whether a model can be loaded now. Without a graphics card everything is in memory. With one, a model that
 * would not lie on the card as a whole first asks for room, and is split only when it is alone.
 */
export function placeModel(sizeBytes: number, machine: SimulatedMachine, loaded: readonly Runner[]): Placement {
  const usedVram = sum(loaded.map((runner) => runner.vramBytes));
  const usedMemory = sum(loaded.map((runner) => runner.sizeBytes - runner.vramBytes));
  const freeVram = machine.vramBytes - usedVram;
  const freeMemory = machine.memoryBytes - usedMemory;
  if (sizeBytes <= freeVram) return { kind: "fits", vramBytes: sizeBytes };
  const onCard = machine.vramBytes > 0 ? freeVram : 0;
  const fitsSplit = sizeBytes - onCard <= freeMemory;
  if (fitsSplit && (loaded.length === 0 || machine.vramBytes === 0)) return { kind: "fits", vramBytes: onCard };
  if (loaded.length > 0) return { kind: "needs-room" };
  const text = `model requires more system memory (${gibibytes(sizeBytes - onCard)}) than is available (${gibibytes(freeMemory)})`;
  return { kind: "too-large", text };
}

/**
 * How much slower a model is that lies on the card only in part: every token reads all weights, and what lies beside the
 * card is read from memory of about a tenth of its bandwidth (DDR5 with two channels, 60 to 90 GB/s, against 600 to 1000).
 */
export function offloadSlowdown(
  sizeBytes: number,
  vramBytes: number,
  machine: Pick<SimulatedMachine, "vramBytes">,
): number {
  if (machine.vramBytes === 0) return 1;
  return 1 + (1 - vramBytes / sizeBytes) * 9;
}

/** The loaded model that makes room: an idle one first, then the shortest keep-alive, then the first path of weights. */
export function chooseVictim(loaded: readonly Runner[]): Runner | undefined {
  return loaded.toSorted(
    (one, other) =>
      Number(one.users() > 0) - Number(other.users() > 0) ||
      rank(one) - rank(other) ||
      (one.model.weights < other.model.weights ? -1 : 1),
  )[0];
}

const rank = (runner: Runner): number => (runner.keepAliveMs() < 0 ? Number.MAX_VALUE : runner.keepAliveMs());

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
