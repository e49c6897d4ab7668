import type { Notice } from "./notice.ts";

/** How the deliveries of one way fare. */
export interface DeliveryState {
  readonly failuresInRow: number;
  /** Why the last attempt failed; undefined after one that worked. */
  readonly reason: string | undefined;
  /** Notices given up since the start. */
  readonly lost: number;
  readonly waiting: number;
}

/** What a queue is made of. */
export interface DeliveryQueueSources {
  /** One attempt; rejects when it failed. */
  readonly deliver: (notice: Notice) => Promise<void>;
  /** Pauses before the second and further attempts, ms; one attempt more than pauses. */
  readonly pausesMs: readonly number[];
  readonly schedule: (run: () => void, afterMs: number) => () => void;
  /** A notice was given up. */
  readonly onLost: (notice: Notice, reason: string) => void;
}

/** Notices that wait at most; the oldest is given up for a new one. */
const MOST_WAITING = 50;

/** Delivers notices one after another, tries again after pauses, and gives up what cannot be delivered. */
export class DeliveryQueue {
  readonly #sources: DeliveryQueueSources;
  readonly #waiting: Notice[] = [];
  #attempts = 0;
  #isBusy = false;
  #isClosed = false;
  #cancelPause: (() => void) | undefined;
  #failuresInRow = 0;
  #reason: string | undefined;
  #lost = 0;

  constructor(sources: DeliveryQueueSources) {
    this.#sources = sources;
  }

  add(notice: Notice): void {
    if (this.#isClosed) return;
    this.#waiting.push(notice);
    // The first one may be on its way.
    if (this.#waiting.length > MOST_WAITING) this.#giveUp(this.#waiting.splice(this.#isBusy ? 1 : 0, 1));
    this.#next();
  }

  state(): DeliveryState {
    return {
      failuresInRow: this.#failuresInRow,
      reason: this.#reason,
      lost: this.#lost,
      waiting: this.#waiting.length,
    };
  }

  /** An attempt elsewhere, such as a test, told how things are. @param reason undefined when it worked */
  note(reason: string | undefined): void {
    this.#failuresInRow = reason === undefined ? 0 : this.#failuresInRow + 1;
    this.#reason = reason;
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelPause?.();
  }

  #next(): void {
    const [notice] = this.#waiting;
    if (notice === undefined || this.#isBusy || this.#cancelPause !== undefined || this.#isClosed) return;
    this.#isBusy = true;
    void this.#sources.deliver(notice).then(
      () => this.#ended(undefined),
      (error: unknown) => this.#ended(error instanceof Error ? error.message : String(error)),
    );
  }

  #ended(reason: string | undefined): void {
    this.#isBusy = false;
    this.note(reason);
    this.#attempts += 1;
    const pauseMs = this.#sources.pausesMs[this.#attempts - 1];
    if (reason !== undefined && pauseMs !== undefined) {
      this.#pause(pauseMs);
      return;
    }
    const done = this.#waiting.splice(0, 1);
    this.#attempts = 0;
    if (reason !== undefined) this.#giveUp(done);
    this.#next();
  }

  #pause(ms: number): void {
    if (this.#isClosed) return;
    this.#cancelPause = this.#sources.schedule(() => {
      this.#cancelPause = undefined;
      this.#next();
    }, ms);
  }

  #giveUp(notices: readonly Notice[]): void {
    for (const notice of notices) {
      this.#lost += 1;
      this.#sources.onLost(notice, this.#reason ?? "too many wait");
    }
  }
}
