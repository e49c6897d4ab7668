import type { Decision } from "../domain/decision.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { Lane } from "./lane.ts";
import type { Ahead, LaneBook } from "./lane-book.ts";
import { type Plan, planOf } from "./plan.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { createSlot } from "./slot.ts";
import type { Applicant } from "./turn.ts";
import { classKeyOf, type Waiting, type WaitingClass } from "./waiting-class.ts";
import { type WaitingQueue, WaitingRoom } from "./waiting-room.ts";

/** What admission needs from outside. Time is ms on a monotonic clock. */
export interface AdmissionDependencies {
  readonly now: () => number;
  readonly book: LaneBook;
  /** Filter, score, pick, with `ahead` standing before the applicant. */
  readonly decide: (applicant: Applicant, ahead: Ahead) => Decision;
  readonly rules: AdmissionRules;
}

/** Bounds of waiting. */
export interface AdmissionRules {
  /** Waiting requests per lane. */
  readonly queueLimit: number;
  /** From arrival; ends waiting and forbids a new attempt. */
  readonly waitDeadlineMs: number;
}

/** Handle of one application. */
export interface Application {
  /** The client left: the place is free at once, and `onTurn` is not called any more. */
  cancel(): void;
}

/**
 * Where requests wait. A lane is only where a request is expected to run: whenever something changes, the request at the
 * head of every class is decided anew, oldest first, so that the decision that counts is made when a slot is free.
 * Requests of one class are alike to scheduling: a class whose head must wait waits as a whole, and a slot that would only
 * be worth while for the last of them, because so many stand before it elsewhere, is given to the first.
 */
export class Admission {
  readonly #dependencies: AdmissionDependencies;
  readonly #room: WaitingRoom;
  #lastSlotId = 0;
  #isPumping = false;
  #mustPumpAgain = false;
  #refusal: ErrorCode | undefined;
  #lastRefusal: ErrorCode | undefined;

  constructor(dependencies: AdmissionDependencies) {
    this.#dependencies = dependencies;
    this.#room = new WaitingRoom(dependencies.book);
  }

  /** Takes an application. `onTurn` is called exactly once, maybe before this returns, unless it is cancelled. */
  admit(applicant: Applicant): Application {
    const { now } = this.#dependencies;
    const waiting: Waiting = {
      applicant,
      sequence: applicant.facts.arrivedAt,
      joinedAt: now(),
      classKey: classKeyOf(applicant),
      lane: undefined,
      heldMs: 0,
      lastPlan: undefined,
    };
    const refusal = applicant.failedOn.size === 0 ? this.#refusal : this.#lastRefusal;
    if (refusal !== undefined) this.#end(waiting, { code: refusal, wasQueued: false });
    else if (this.#isLate(waiting, now())) this.#end(waiting, { code: "HERD_WAIT_DEADLINE", wasQueued: true });
    else this.#place(waiting);
    return { cancel: () => this.#room.remove(waiting, now()) };
  }

  /** Something changed: gives every free slot to whoever may have it. */
  pump(): void {
    if (this.#isPumping) {
      this.#mustPumpAgain = true;
      return;
    }
    this.#isPumping = true;
    try {
      do {
        this.#mustPumpAgain = false;
        this.#pumpOnce();
      } while (this.#mustPumpAgain);
    } finally {
      this.#isPumping = false;
    }
  }

  /** Ends whoever waited or was held too long, and admits probes that have become due. Call it a few times a second. */
  tick(): void {
    const now = this.#dependencies.now();
    for (const [waiting, group] of this.#room.all()) {
      const { holdMs, codeAfterHold } = waiting.applicant;
      if (this.#isLate(waiting, now)) this.#evict(waiting, "HERD_WAIT_DEADLINE");
      else if (group.isHeld && group.heldFor(waiting, now) >= holdMs) this.#evict(waiting, codeAfterHold);
    }
    if (this.#room.size() > 0) this.pump();
  }

  /** From now on newcomers are turned away with this code; who was let in before and has failed somewhere is not one. */
  close(code: ErrorCode): void {
    this.#refusal = code;
  }

  /** Ends everybody who waits, and turns everybody away from now on. */
  evictAll(code: ErrorCode): void {
    this.#refusal = code;
    this.#lastRefusal = code;
    for (const [waiting] of this.#room.all()) this.#evict(waiting, code);
  }

  /** Requests that wait for a slot. */
  waitingCount(): number {
    return this.#room.size() - this.#room.heldCount();
  }

  /** Requests that wait for any candidate to appear. */
  heldCount(): number {
    return this.#room.heldCount();
  }

  /** Who waits, and since when. */
  queues(): readonly WaitingQueue[] {
    return this.#room.queues(this.#dependencies.now());
  }

  /** A newcomer starts at once only when nobody of its class waits: else what it could have goes to the oldest of them. */
  #place(waiting: Waiting): void {
    const plan = planOf(this.#dependencies, waiting.applicant, this.#dependencies.book.aheadOfNewcomer());
    waiting.lastPlan = plan;
    const older = this.#room.classOf(waiting.classKey);
    if (plan.isFree && older === undefined) {
      this.#start(waiting, plan);
      return;
    }
    const lane = plan.isFree ? (older?.members[0]?.lane ?? plan.lane) : plan.lane;
    const refusal = this.#refusalOf(waiting, lane);
    if (refusal !== undefined) {
      this.#end(waiting, { code: refusal, wasQueued: false, lane });
      return;
    }
    const group = this.#room.add(waiting);
    group.note(waiting, { ...plan, lane }, waiting.joinedAt);
    if (plan.isFree) this.#startHead(group, this.#dependencies.book.aheadOfNewcomer(waiting.lane));
  }

  /** Why somebody may not wait. Who has failed somewhere has had a place already, and keeps it. */
  #refusalOf({ applicant }: Waiting, lane: Lane | undefined): ErrorCode | undefined {
    if (lane === undefined) return applicant.holdMs <= 0 ? applicant.codeAfterHold : undefined;
    if (applicant.failedOn.size > 0 || lane.waiting < this.#dependencies.rules.queueLimit) return undefined;
    lane.rejected += 1;
    return "HERD_QUEUE_FULL";
  }

  #pumpOnce(): void {
    const onLane = new Map<string, number>();
    const onNode = new Map<string, number>();
    const ahead: Ahead = { onLane: (key) => onLane.get(key) ?? 0, onNode: (node) => onNode.get(node) ?? 0 };
    for (const group of this.#room.classesByAge()) {
      while (this.#startHead(group, ahead) || this.#startForLast(group)) {
        // Each round gives one slot away; the class goes on until its head has to wait.
      }
      for (const [lane, count] of group.lanes) {
        onLane.set(lane.key, (onLane.get(lane.key) ?? 0) + count);
        onNode.set(lane.nodeId, (onNode.get(lane.nodeId) ?? 0) + count);
      }
    }
  }

  /** Decides about the oldest of a class, and starts it when it can start now. */
  #startHead(group: WaitingClass, ahead: Ahead): boolean {
    const [head] = group.members;
    if (head === undefined) return false;
    const plan = planOf(this.#dependencies, head.applicant, ahead);
    head.lastPlan = plan;
    if (plan.isFree) {
      this.#room.remove(head, this.#dependencies.now());
      this.#start(head, plan);
      return true;
    }
    group.note(head, plan, this.#dependencies.now());
    return false;
  }

  /** The head has just had to wait: is there a slot that the last one would take, with all the others before it? */
  #startForLast(group: WaitingClass): boolean {
    const [head] = group.members;
    if (head === undefined || group.isHeld || group.members.length === 1) return false;
    const plan = planOf(this.#dependencies, head.applicant, this.#dependencies.book.aheadOfNewcomer(head.lane));
    if (!plan.isFree) return false;
    this.#room.remove(head, this.#dependencies.now());
    this.#start(head, plan);
    return true;
  }

  #start({ applicant, heldMs }: Waiting, { decision, decidedInMs, winner, lane }: Plan): void {
    if (winner === undefined || lane === undefined) return;
    const { book, now } = this.#dependencies;
    const needsLoad = winner.model.loaded === undefined;
    this.#lastSlotId += 1;
    const slot = createSlot({ id: this.#lastSlotId, lane, book, now, needsLoad, onFree: () => this.pump() });
    applicant.onTurn({ kind: "turn", decision, decidedInMs, heldMs, lane, slot, needsLoad, at: now() });
  }

  #isLate({ applicant }: Waiting, now: number): boolean {
    return now - applicant.facts.arrivedAt >= this.#dependencies.rules.waitDeadlineMs;
  }

  #evict(waiting: Waiting, code: ErrorCode): void {
    const { lane } = waiting;
    if (this.#room.remove(waiting, this.#dependencies.now())) this.#end(waiting, { code, wasQueued: true, lane });
  }

  #end(
    { applicant, lastPlan }: Waiting,
    {
      code,
      wasQueued,
      lane,
    }: { readonly code: ErrorCode; readonly wasQueued: boolean; readonly lane?: Lane | undefined },
  ): void {
    const retryAfterS = retryAfterSeconds(lane);
    const { decision, decidedInMs = 0 } = lastPlan ?? {};
    applicant.onTurn({ kind: "no-turn", code, wasQueued, retryAfterS, decision, decidedInMs });
  }
}
