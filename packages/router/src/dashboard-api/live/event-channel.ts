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

/** Events that are kept for listeners that come back, and their characters at most. */
const REPLAYED_EVENTS = 128;
const REPLAYED_LENGTH = 1024 * 1024;
/** Who has missed more than this gets a whole picture instead, characters. */
const MOST_MISSED = 256 * 1024;
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
  /** At the last breath it had too much before it. */
  wasSlow: boolean;
}

/** How something beside the picture is told. */
export interface Mention {
  /** Who comes back is told it, too; what is only a step on the way is not kept. */
  readonly isKept: boolean;
}

/** All listeners of one view of the fleet: each text is made once, whoever listens. */
export class EventChannel {
  readonly #run: string;
  readonly #seats = new Set<Seat>();
  #kept: Kept[] = [];
  #keptLength = 0;
  #count = 0;
  #picture: LivePicture | undefined;

  /** @param run tells the ids of this run of the router from those of all others */
  constructor(run: string) {
    this.#run = run;
  }

  get size(): number {
    return this.#seats.size;
  }

  /** Takes a listener in: it gets what it has missed, or the whole picture. Returns what lets it go. */
  join(listener: Listener, lastEventId: string | undefined, now: LivePicture): () => void {
    const seat: Seat = { listener, isBehind: false, wasSlow: false };
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
  mention(event: string, json: string, { isKept }: Mention = { isKept: true }): void {
    // Without an id of its own, it leaves the last one in force for who comes back.
    this.#tellFollowers(isKept ? this.#keep(event, json) : `event: ${event}\ndata: ${json}\n\n`);
  }

  /** A line that is no event keeps connections open that would be ended for silence. Who has read too little is let go. */
  breathe(): void {
    for (const seat of this.#seats) {
      const isSlow = this.#isTooFarBehind(seat);
      if (isSlow && seat.wasSlow) this.#dismiss(seat, "too_slow");
      else if (!isSlow) seat.listener.write(": still here\n\n");
      seat.wasSlow = isSlow;
    }
  }

  /** What happens from now on is not kept: whoever comes back gets a whole picture. */
  forget(): void {
    this.#kept = [];
    this.#keptLength = 0;
    this.#count += 1;
  }

  /** Says farewell and lets everybody go. */
  close(): void {
    for (const seat of this.#seats) this.#dismiss(seat, "stopping");
  }

  #dismiss(seat: Seat, reason: string): void {
    this.#seats.delete(seat);
    seat.listener.write(`event: bye\ndata: {"reason":"${reason}"}\n\n`);
    seat.listener.end();
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
    this.#keptLength += text.length;
    while (this.#kept.length > REPLAYED_EVENTS || this.#keptLength > REPLAYED_LENGTH)
      this.#keptLength -= this.#kept.shift()?.text.length ?? 0;
    return text;
  }

  /** What came after an event; undefined when that was in another run or too long ago, or when it is too much. */
  #since(lastEventId: string | undefined): readonly Kept[] | undefined {
    const [, run, number] = /^(.+)-(\d{1,15})$/.exec(lastEventId ?? "") ?? [];
    const last = Number(number);
    const oldest = this.#kept[0]?.at ?? this.#count + 1;
    if (run !== this.#run || last > this.#count || last < oldest - 1) return undefined;
    const missed = this.#kept.filter(({ at }) => at > last);
    return missed.reduce((sum, { text }) => sum + text.length, 0) > MOST_MISSED ? undefined : missed;
  }
}
