import type { ModelKey } from "@herd/shared";
import { modelKeyOf } from "../domain/model-name.ts";
import type { AdviceFacts } from "./advice-facts.ts";
import type { NodeOutlook } from "./node-outlook.ts";
import type { OwnModel } from "./own-models.ts";

/** A model for which people wait, and a node that could take some of the work. */
export interface SecondCopy {
  readonly own: OwnModel;
  readonly node: NodeOutlook;
  readonly requests7d: number;
  readonly meanWaitMs: number;
  readonly waitingNow: number;
}

const ENOUGH_REQUESTS = 50;
const LONG_WAIT_MS = 1_000;
const MANY_WAITING = 3;

/** Models whose requests waited long in the last seven days, or wait in numbers now, each with the best node that lacks it. */
export function secondCopies(outlooks: readonly NodeOutlook[], facts: AdviceFacts): readonly SecondCopy[] {
  const seen = new Map<ModelKey, OwnModel>();
  for (const { own } of outlooks) for (const model of own) if (!seen.has(model.key)) seen.set(model.key, model);
  const loads = loadsOf(facts);
  return [...seen].flatMap(([key, own]) => {
    const { requests7d = 0, waitedMs = 0 } = loads.get(key) ?? {};
    const meanWaitMs = requests7d === 0 ? 0 : waitedMs / requests7d;
    const waitingNow = facts.waitingFor(key);
    const isBusy = requests7d >= ENOUGH_REQUESTS && meanWaitMs >= LONG_WAIT_MS;
    const node = isBusy || waitingNow >= MANY_WAITING ? fastestFor(own, outlooks) : undefined;
    return node === undefined ? [] : { own, node, requests7d, meanWaitMs, waitingNow };
  });
}

/** Requests of seven days by model, and how long they waited in all. */
function loadsOf({ usage }: AdviceFacts) {
  const loads = new Map<ModelKey, { requests7d: number; waitedMs: number }>();
  for (const { model, requests7d, queueWaitMs7d } of usage.used) {
    const key = modelKeyOf(model);
    if (key === undefined) continue;
    const sum = loads.get(key) ?? { requests7d: 0, waitedMs: 0 };
    sum.requests7d += requests7d;
    sum.waitedMs += queueWaitMs7d;
    loads.set(key, sum);
  }
  return loads;
}

/** The fastest node without the model that has memory and disk for it beside nothing else. */
function fastestFor({ key, weightBytes, memoryBytes, model }: OwnModel, outlooks: readonly NodeOutlook[]) {
  const [best] = outlooks
    .filter(({ canPull, node, hardware, downloadable = Number.POSITIVE_INFINITY, own }) => {
      const hasIt = own.some((other) => other.key === key || isSameFile(other.model.digest, model.digest));
      const hasRoom = hardware.usableBytes >= memoryBytes && downloadable >= weightBytes;
      return canPull && !node.isDraining && !hasIt && hasRoom;
    })
    .toSorted(
      (one, other) =>
        (other.hardware.bandwidth ?? 0) - (one.hardware.bandwidth ?? 0) ||
        other.hardware.usableBytes - one.hardware.usableBytes ||
        (one.node.nodeId < other.node.nodeId ? -1 : 1),
    );
  return best;
}

const isSameFile = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other;
