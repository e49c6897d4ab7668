import { changeJson, type LivePicture, pictureJson } from "./fleet-change.ts";

/** Where the events of one listener go. */
export interface Listener {
  /** Changes only, after a first whole picture; else a whole picture each time, as the predecessor tells it. */
  readonly wantsChanges: boolean;
  readonly write: (text: string) => void;
  /** Bytes that it has not taken yet. */
  readonly unsent: () => number;
  readonly end: () => void;
}

/** Events that are kept for listeners that come back. */
const REPLAYED_EVENTS = 128;
/** A listener that has so much before it is told nothing until it has read; then it gets a whole picture, bytes. */
const MOST_UNSENT = 512 * 1024;

interface Kept {
  readonly at: number;
  readonly text: string;
}

interface Seat {
  readonly listener: Listener;
  /** It was left out since it last had a whole picture. */
  isBehind: boolean;
}

/** All listeners of one view of the fleet: each text is made once, whoever listens. */
export class EventChannel {
  readonly #run: string;
  readonly #seats = new Set<Seat>();
  #kept: Kept[] = [];
  #count = 0;
  #picture: LivePicture | undefined;

  /** @param run tells the ids of this run of the router from those of all others */
  constructor(run: string) {
    this.#run = run;
  }

  get size(): number {
    return this.#seats.size;
  }

  /** Whether anybody wants what is told beside the picture. */
  get hasFollowers(): boolean {
    return [...this.#seats].some(({ listener }) => listener.wantsChanges);
  }

  /** Takes a listener in: it gets what it has missed, or the whole picture. Returns what lets it go. */
  join(listener: Listener, lastEventId: string | undefined, now: LivePicture): () => void {
    const seat: Seat = { listener, isBehind: false };
    // Its picture must be the one that the next change is counted from.
    this.#tellFollowers(this.#advance(now));
    const missed = listener.wantsChanges ? this.#since(lastEventId) : undefined;
    if (missed === undefined) this.#tellWhole(seat, now);
    else for (const { text } of missed) listener.write(text);
    this.#seats.add(seat);
    return () => void this.#seats.delete(seat);
  }

  /** Tells everybody what is different now. */
  tell(now: LivePicture): void {
    const text = this.#advance(now);
    let whole: string | undefined;
    for (const seat of this.#seats) {
      if (this.#isTooFarBehind(seat)) continue;
      if (seat.isBehind) this.#tellWhole(seat, now);
      else if (!seat.listener.wantsChanges) {
        whole ??= this.#wholeEvent(undefined, now);
        seat.listener.write(whole);
      } else if (text !== undefined) seat.listener.write(text);
    }
  }

  /** Tells those who follow changes something beside the picture. */
  mention(event: string, json: string): void {
    this.#tellFollowers(this.#keep(event, json));
  }

  /** A line that is no event keeps connections open that would be ended for silence. */
  breathe(): void {
    for (const seat of this.#seats) if (!this.#isTooFarBehind(seat)) seat.listener.write(": still here\n\n");
  }

  /** Says farewell and lets everybody go. */
  close(): void {
    for (const { listener } of this.#seats) {
      listener.write("event: bye\ndata: {}\n\n");
      listener.end();
    }
    this.#seats.clear();
  }

  /** Makes this the picture that changes are counted from. The event of the change; undefined when nothing is different. */
  #advance(now: LivePicture): string | undefined {
    const change = this.#picture === undefined ? undefined : changeJson(this.#picture, now);
    this.#picture = now;
    return change === undefined ? undefined : this.#keep("change", change);
  }

  /** Who is behind gets a whole picture next: an id out of turn would make it believe that it has what it missed. */
  #tellFollowers(text: string | undefined): void {
    if (text === undefined) return;
    for (const seat of this.#seats) {
      if (seat.listener.wantsChanges && !this.#isTooFarBehind(seat) && !seat.isBehind) seat.listener.write(text);
    }
  }

  #isTooFarBehind(seat: Seat): boolean {
    if (seat.listener.unsent() <= MOST_UNSENT) return false;
    seat.isBehind = true;
    return true;
  }

  #tellWhole(seat: Seat, now: LivePicture): void {
    seat.isBehind = false;
    seat.listener.write(this.#wholeEvent(seat.listener.wantsChanges ? "snapshot" : undefined, now));
  }

  #wholeEvent(event: string | undefined, now: LivePicture): string {
    const name = event === undefined ? "" : `event: ${event}\n`;
    return `${name}id: ${this.#run}-${this.#count}\ndata: ${pictureJson(now)}\n\n`;
  }

  #keep(event: string, json: string): string {
    this.#count += 1;
    const text = `event: ${event}\nid: ${this.#run}-${this.#count}\ndata: ${json}\n\n`;
    this.#kept.push({ at: this.#count, text });
    if (this.#kept.length > REPLAYED_EVENTS) this.#kept = this.#kept.slice(-REPLAYED_EVENTS);
    return text;
  }

  /** What came after an event; undefined when that was in another run, or too long ago. */
  #since(lastEventId: string | undefined): readonly Kept[] | undefined {
    const [, run, number] = /^(.+)-(\d{1,15})$/.exec(lastEventId ?? "") ?? [];
    const last = Number(number);
    const oldest = this.#kept[0]?.at ?? this.#count + 1;
    if (run !== this.#run || last > this.#count || last < oldest - 1) return undefined;
    return this.#kept.filter(({ at }) => at > last);
  }
}
