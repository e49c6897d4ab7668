import type { Decision } from "../domain/decision.ts";
import type { Lane } from "./lane.ts";
import type { Applicant } from "./turn.ts";

/** One request that waits. */
export interface Waiting {
  readonly applicant: Applicant;
  /** Arrival, ms on the monotonic clock: the order. A retried request keeps its place in it. */
  readonly sequence: number;
  readonly classKey: string;
  /** Where it is expected to run; undefined while it has no candidate. */
  lane: Lane | undefined;
  /** Since when it has no candidate, ms on the monotonic clock. */
  heldSince: number | undefined;
  lastDecision: Decision | undefined;
  /** Time that decision took, ms. */
  decidedInMs: number;
}

/** Requests with equal keys look the same to scheduling. */
export function classKeyOf({ facts, failedOn, mayReturn }: Applicant): string {
  const failed = failedOn.size === 0 ? "" : `${[...failedOn.keys()].join(" ")} ${mayReturn}`;
  return `${facts.modelKey}|${facts.numCtx ?? ""}|${facts.loadOptions}|${facts.dialect}|${facts.needed.join(" ")}|${failed}`;
}

/** Everybody who waits, grouped by class; inside a class, oldest first. */
export class WaitingRoom {
  readonly #classes = new Map<string, Waiting[]>();
  #size = 0;

  add(waiting: Waiting): void {
    let group = this.#classes.get(waiting.classKey);
    if (group === undefined) {
      group = [];
      this.#classes.set(waiting.classKey, group);
    }
    let at = group.length;
    while (at > 0 && (group[at - 1]?.sequence ?? 0) > waiting.sequence) at -= 1;
    group.splice(at, 0, waiting);
    this.#size += 1;
  }

  /** Takes one out; nothing happens when it is not in. */
  remove(waiting: Waiting): void {
    const group = this.#classes.get(waiting.classKey);
    const at = group?.indexOf(waiting) ?? -1;
    if (group === undefined || at < 0) return;
    group.splice(at, 1);
    this.#size -= 1;
    if (group.length === 0) this.#classes.delete(waiting.classKey);
  }

  /** Live groups, the one with the oldest head first. */
  classesByAge(): readonly Waiting[][] {
    const groups = [...this.#classes.values()];
    if (groups.length > 1) groups.sort((a, b) => (a[0]?.sequence ?? 0) - (b[0]?.sequence ?? 0));
    return groups;
  }

  /** A copy of everybody, in no order. */
  all(): readonly Waiting[] {
    return [...this.#classes.values()].flat();
  }

  size(): number {
    return this.#size;
  }
}
