import type { LaneBook } from "./lane-book.ts";
import { type Waiting, WaitingClass } from "./waiting-class.ts";

/** Those who wait alike. */
export interface WaitingQueue {
  /** What they ask for. */
  readonly model: string;
  readonly count: number;
  /** How long the first of them has waited, ms. */
  readonly oldestMs: number;
  /** Nobody can take them now. */
  readonly isHeld: boolean;
}

/** Everybody who waits, by class. */
export class WaitingRoom {
  readonly #book: LaneBook;
  readonly #classes = new Map<string, WaitingClass>();
  #size = 0;

  constructor(book: LaneBook) {
    this.#book = book;
  }

  /** The class under this key, when somebody of it waits. */
  classOf(key: string): WaitingClass | undefined {
    return this.#classes.get(key);
  }

  /** Lets one in, behind the older ones of its class. */
  add(waiting: Waiting): WaitingClass {
    let group = this.#classes.get(waiting.classKey);
    if (group === undefined) {
      group = new WaitingClass(this.#book);
      this.#classes.set(waiting.classKey, group);
    }
    group.add(waiting);
    this.#size += 1;
    return group;
  }

  /** Takes one out; false when it is not in. */
  remove(waiting: Waiting, now: number): boolean {
    const group = this.#classes.get(waiting.classKey);
    if (group?.remove(waiting, now) !== true) return false;
    this.#size -= 1;
    if (group.members.length === 0) this.#classes.delete(waiting.classKey);
    return true;
  }

  /** The classes, the one with the oldest head first. */
  classesByAge(): readonly WaitingClass[] {
    const groups = [...this.#classes.values()];
    if (groups.length > 1) groups.sort((a, b) => (a.members[0]?.sequence ?? 0) - (b.members[0]?.sequence ?? 0));
    return groups;
  }

  /** A queue for each class. @param now ms on the monotonic clock */
  queues(now: number): readonly WaitingQueue[] {
    return [...this.#classes.values()].flatMap(({ members, isHeld }) => {
      const [head] = members;
      if (head === undefined) return [];
      const { applicant, joinedAt } = head;
      return [{ model: applicant.facts.model, count: members.length, oldestMs: Math.max(0, now - joinedAt), isHeld }];
    });
  }

  /** A copy of everybody, in no order, each with its class. */
  all(): readonly (readonly [Waiting, WaitingClass])[] {
    return [...this.#classes.values()].flatMap((group) => group.members.map((waiting) => [waiting, group] as const));
  }

  size(): number {
    return this.#size;
  }

  /** Those of them who have no candidate. */
  heldCount(): number {
    let held = 0;
    for (const group of this.#classes.values()) if (group.isHeld) held += group.members.length;
    return held;
  }
}
