import type { Decision } from "../domain/decision.ts";
import type { Lane } from "./lane.ts";
import type { LaneBook } from "./lane-book.ts";
import type { Plan } from "./plan.ts";
import type { Applicant } from "./turn.ts";

/** One request that wants a slot. Instants are ms on the monotonic clock. */
export interface Waiting {
  readonly applicant: Applicant;
  /** Arrival: the order. A retried request keeps its place in it. */
  readonly sequence: number;
  readonly joinedAt: number;
  readonly classKey: string;
  /** Where it is expected to run; undefined while it has no candidate. */
  lane: Lane | undefined;
  /** Time without any candidate, as far as it is over, ms. */
  heldMs: number;
  lastPlan: Plan | undefined;
}

/** Requests with equal keys look the same to scheduling, but for the length of their prompts. */
export function classKeyOf({ facts, failedOn, mayReturn }: Applicant): string {
  const failed = failedOn.size === 0 ? "" : `${[...failedOn.keys()].join(" ")} ${mayReturn}`;
  return `${facts.modelKey}|${facts.numCtx ?? ""}|${facts.loadOptions}|${facts.route}|${facts.needed.join(" ")}|${facts.client.isLoopback}|${facts.pinnedNode ?? ""}|${failed}`;
}

/** Those who wait and look the same to scheduling: what is found out about one of them holds for all. */
export class WaitingClass {
  /** Oldest first; never empty while the class is in the room. */
  readonly members: Waiting[] = [];
  readonly #book: LaneBook;
  readonly #lanes = new Map<Lane, number>();
  #heldSince: number | undefined;

  constructor(book: LaneBook) {
    this.#book = book;
  }

  /** How many members are expected on each lane. */
  get lanes(): ReadonlyMap<Lane, number> {
    return this.#lanes;
  }

  /** Nobody of them has a candidate. */
  get isHeld(): boolean {
    return this.#heldSince !== undefined;
  }

  add(waiting: Waiting): void {
    let at = this.members.length;
    while (at > 0 && (this.members[at - 1]?.sequence ?? 0) > waiting.sequence) at -= 1;
    this.members.splice(at, 0, waiting);
  }

  /** Takes one out, and off its lane; false when it is not in. */
  remove(waiting: Waiting, now: number): boolean {
    const at = this.members.indexOf(waiting);
    if (at < 0) return false;
    waiting.heldMs += this.heldFor(waiting, now);
    this.#expect(waiting, undefined);
    this.members.splice(at, 1);
    return true;
  }

  /** How long a member has had no candidate without a break, ms. */
  heldFor({ joinedAt }: Waiting, now: number): number {
    return this.#heldSince === undefined ? 0 : now - Math.max(this.#heldSince, joinedAt);
  }

  /** Takes note of a decision about one member: whether there are candidates, and where the members are expected now. */
  note(waiting: Waiting, { decision, lane }: Pick<Plan, "decision" | "lane">, now: number): void {
    this.#expect(waiting, lane);
    if (lane === undefined) this.#hold(now);
    else {
      this.#endHold(lane, now);
      this.#leaveLostLanes(decision, lane);
    }
  }

  #hold(now: number): void {
    if (this.#heldSince !== undefined) return;
    this.#heldSince = now;
    for (const member of this.members) this.#expect(member, undefined);
  }

  #endHold(lane: Lane, now: number): void {
    if (this.#heldSince === undefined) return;
    for (const member of this.members) {
      member.heldMs += this.heldFor(member, now);
      this.#expect(member, lane);
    }
    this.#heldSince = undefined;
  }

  /** Members expected where nobody can run any more are expected with the one that was decided. */
  #leaveLostLanes({ ranked }: Decision, lane: Lane): void {
    for (const lost of [...this.#lanes.keys()]) {
      if (lost === lane || ranked.some(({ candidate }) => candidate.laneKey === lost.key)) continue;
      for (const member of this.members) if (member.lane === lost) this.#expect(member, lane);
    }
  }

  #expect(waiting: Waiting, lane: Lane | undefined): void {
    if (waiting.lane === lane) return;
    if (waiting.lane !== undefined) this.#count(waiting.lane, -1);
    if (lane !== undefined) this.#count(lane, 1);
    waiting.lane = lane;
  }

  #count(lane: Lane, difference: 1 | -1): void {
    this.#book.expect(lane, difference);
    const count = (this.#lanes.get(lane) ?? 0) + difference;
    if (count === 0) this.#lanes.delete(lane);
    else this.#lanes.set(lane, count);
  }
}
