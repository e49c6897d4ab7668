import { hasFreeSlot } from "../domain/candidate.ts";
import type { Decision } from "../domain/decision.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { Lane } from "./lane.ts";
import type { Ahead, LaneBook } from "./lane-book.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { createSlot } from "./slot.ts";
import type { Applicant } from "./turn.ts";
import { classKeyOf, type Waiting, WaitingRoom } from "./waiting-room.ts";

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
 * Requests of one class differ in nothing that scheduling looks at, so a class whose head must wait waits as a whole.
 */
export class Admission {
  readonly #dependencies: AdmissionDependencies;
  readonly #room = new WaitingRoom();
  #lastSlotId = 0;
  #isPumping = false;
  #mustPumpAgain = false;
  #refusal: ErrorCode | undefined;

  constructor(dependencies: AdmissionDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes an application. `onTurn` is called exactly once, maybe before this returns, unless it is cancelled. */
  admit(applicant: Applicant): Application {
    const { book, now } = this.#dependencies;
    const waiting: Waiting = {
      applicant,
      sequence: applicant.facts.arrivedAt,
      classKey: classKeyOf(applicant),
      lane: undefined,
      heldSince: undefined,
      lastDecision: undefined,
      decidedInMs: 0,
    };
    if (this.#refusal !== undefined) {
      this.#end(waiting, { code: this.#refusal, wasQueued: false });
      return { cancel: () => undefined };
    }
    if (this.#isLate(waiting, now())) this.#end(waiting, { code: "HERD_WAIT_DEADLINE", wasQueued: true });
    else if (!this.#tryStart(waiting, book.aheadOfNewcomer())) this.#enqueue(waiting);
    return { cancel: () => this.#leave(waiting) };
  }

  /** Something changed: gives every free slot to whoever may have it. */
  pump(): void {
    if (this.#isPumping) {
      this.#mustPumpAgain = true;
      return;
    }
    this.#isPumping = true;
    do {
      this.#mustPumpAgain = false;
      this.#pumpOnce();
    } while (this.#mustPumpAgain);
    this.#isPumping = false;
  }

  /** Ends whoever waited or was held too long, and admits probes that have become due. Call it a few times a second. */
  tick(): void {
    const now = this.#dependencies.now();
    for (const waiting of this.#room.all()) {
      if (this.#isLate(waiting, now)) this.#evict(waiting, "HERD_WAIT_DEADLINE");
      else if (isHeldTooLong(waiting, now)) this.#evict(waiting, waiting.applicant.codeAfterHold);
    }
    if (this.#room.size() > 0) this.pump();
  }

  /** From now on every new application is turned away with this code. */
  close(code: ErrorCode): void {
    this.#refusal = code;
  }

  /** Ends everybody who waits. */
  evictAll(code: ErrorCode): void {
    for (const waiting of this.#room.all()) this.#evict(waiting, code);
  }

  /** Requests that wait for a slot. */
  waitingCount(): number {
    return this.#room.size() - this.heldCount();
  }

  /** Requests that wait for any candidate to appear. */
  heldCount(): number {
    let held = 0;
    for (const waiting of this.#room.all()) if (waiting.heldSince !== undefined) held += 1;
    return held;
  }

  #pumpOnce(): void {
    const onLane = new Map<string, number>();
    const onNode = new Map<string, number>();
    const ahead: Ahead = { onLane: (key) => onLane.get(key) ?? 0, onNode: (node) => onNode.get(node) ?? 0 };
    for (const group of this.#room.classesByAge()) {
      while (group.length > 0 && this.#startHead(group, ahead)) {
        // Each round gives one slot away; the class goes on until its head has to wait.
      }
      const lane = group[0]?.lane;
      if (lane === undefined) continue;
      onLane.set(lane.key, (onLane.get(lane.key) ?? 0) + group.length);
      onNode.set(lane.nodeId, (onNode.get(lane.nodeId) ?? 0) + group.length);
    }
  }

  #startHead(group: readonly Waiting[], ahead: Ahead): boolean {
    const head = group[0];
    return head !== undefined && this.#tryStart(head, ahead);
  }

  #tryStart(waiting: Waiting, ahead: Ahead): boolean {
    const { decide, book, now } = this.#dependencies;
    const decidingSince = now();
    const decision = decide(waiting.applicant, ahead);
    waiting.lastDecision = decision;
    waiting.decidedInMs = now() - decidingSince;
    const winner = decision.winner?.candidate;
    if (winner === undefined) {
      this.#expect(waiting, undefined);
      waiting.heldSince ??= now();
      return false;
    }
    waiting.heldSince = undefined;
    const lane = book.laneOf(winner);
    if (!hasFreeSlot(winner)) {
      this.#expect(waiting, lane);
      return false;
    }
    this.#expect(waiting, undefined);
    this.#room.remove(waiting);
    this.#start(waiting, { decision, lane, needsLoad: winner.model.loaded === undefined });
    return true;
  }

  #start(
    waiting: Waiting,
    place: { readonly decision: Decision; readonly lane: Lane; readonly needsLoad: boolean },
  ): void {
    const { book, now } = this.#dependencies;
    const { lane, decision, needsLoad } = place;
    this.#lastSlotId += 1;
    const slot = createSlot({ id: this.#lastSlotId, lane, book, now, needsLoad, onFree: () => this.pump() });
    const { decidedInMs } = waiting;
    waiting.applicant.onTurn({ kind: "turn", decision, decidedInMs, lane, slot, needsLoad, at: now() });
  }

  #enqueue(waiting: Waiting): void {
    const { lane, applicant } = waiting;
    if (lane === undefined && applicant.holdMs <= 0) {
      this.#end(waiting, { code: applicant.codeAfterHold, wasQueued: false });
      return;
    }
    if (lane !== undefined && lane.waiting > this.#dependencies.rules.queueLimit) {
      lane.rejected += 1;
      this.#end(waiting, { code: "HERD_QUEUE_FULL", wasQueued: false });
      return;
    }
    this.#room.add(waiting);
  }

  #expect(waiting: Waiting, lane: Lane | undefined): void {
    if (waiting.lane === lane) return;
    if (waiting.lane !== undefined) this.#dependencies.book.expect(waiting.lane, -1);
    if (lane !== undefined) this.#dependencies.book.expect(lane, 1);
    waiting.lane = lane;
  }

  #isLate({ applicant }: Waiting, now: number): boolean {
    return now - applicant.facts.arrivedAt >= this.#dependencies.rules.waitDeadlineMs;
  }

  #evict(waiting: Waiting, code: ErrorCode): void {
    this.#room.remove(waiting);
    this.#end(waiting, { code, wasQueued: true });
  }

  #leave(waiting: Waiting): void {
    this.#room.remove(waiting);
    this.#expect(waiting, undefined);
  }

  #end(waiting: Waiting, { code, wasQueued }: { readonly code: ErrorCode; readonly wasQueued: boolean }): void {
    const retryAfterS = retryAfterSeconds(waiting.lane);
    this.#expect(waiting, undefined);
    const { lastDecision: decision, decidedInMs } = waiting;
    waiting.applicant.onTurn({ kind: "no-turn", code, wasQueued, retryAfterS, decision, decidedInMs });
  }
}

function isHeldTooLong({ heldSince, applicant }: Waiting, now: number): boolean {
  return heldSince !== undefined && now - heldSince >= applicant.holdMs;
}
