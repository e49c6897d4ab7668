import { EventChannel, type Listener } from "../../dashboard-api/live/event-channel.ts";
import type { LivePicture } from "../../dashboard-api/live/fleet-change.ts";
import type { JoinAbout } from "../../dashboard-api/live/live-routes.ts";
import type { TraceInput } from "../../traces/trace-input.ts";
import { traceRow } from "../../traces/trace-row.ts";

/** What live events are made of. */
export interface LiveSources {
  readonly picture: (withDemo: boolean) => LivePicture;
  /** Calls back after every change of the fleet. */
  readonly onNews: (listener: () => void) => void;
  /** Calls back at the end of every request, until the next one is set; undefined ends that. */
  readonly followRequests: (listener: ((trace: TraceInput) => void) | undefined) => void;
  /** Tells the ids of this run from those of others. */
  readonly run: string;
  /** Calls back now and then while anybody listens, for what is only found by looking. */
  readonly onTick: () => void;
}

/** Something that is told beside the picture. */
export interface Mentioned {
  /** Only for who sees the demo, or for who does not; for everybody when left out. */
  readonly view?: "with-demo" | "without-demo";
  /** Only a step on the way: who comes back is told the next one. */
  readonly isPassing?: boolean;
}

/** The live events. */
export interface LiveFeed {
  readonly join: (listener: Listener, about: JoinAbout) => (() => void) | undefined;
  readonly listeners: () => number;
  /** Tells followers something beside the picture, for example `finding`. */
  readonly mention: (event: string, content: object, about?: Mentioned) => void;
  /** Lets everybody go. */
  readonly close: () => void;
}

/** Listeners at once. */
export const MOST_LISTENERS = 200;
/** Without news everybody is told so often, ms. */
const TICK_MS = 2_000;
/** Shortest time between two tellings, ms. */
const LEAST_GAP_MS = 250;
/** Ended requests of one telling at most; the newest are told. */
const MOST_REQUESTS = 50;
const BREATH_MS = 15_000;
/** So long after the last listener has left, what happens is kept for it to come back, ms. */
const LINGER_MS = 60_000;

/** Builds it without listeners: nothing is computed and no timer runs until the first one comes. */
export function createLiveFeed(sources: LiveSources): LiveFeed {
  return new Feed(sources);
}

class Feed implements LiveFeed {
  readonly #sources: LiveSources;
  readonly #channels: ReadonlyMap<boolean, EventChannel>;
  #timers: NodeJS.Timeout[] = [];
  #soon: NodeJS.Timeout | undefined;
  #linger: NodeJS.Timeout | undefined;
  #ended: TraceInput[] = [];
  #isClosed = false;

  constructor(sources: LiveSources) {
    this.#sources = sources;
    this.#channels = new Map([
      [true, new EventChannel(`${sources.run}d`)],
      [false, new EventChannel(sources.run)],
    ]);
    sources.onNews(() => this.#tellSoon());
  }

  readonly listeners = (): number => [...this.#channels.values()].reduce((sum, { size }) => sum + size, 0);

  readonly join: LiveFeed["join"] = (listener, { withDemo, lastEventId }) => {
    if (this.#isClosed || this.listeners() >= MOST_LISTENERS) return undefined;
    const channel = this.#channels.get(withDemo);
    const leave = channel?.join(listener, lastEventId, this.#sources.picture(withDemo));
    clearTimeout(this.#linger);
    if (this.#timers.length === 0) this.#begin();
    return () => {
      leave?.();
      if (this.listeners() > 0 || this.#timers.length === 0) return;
      clearTimeout(this.#linger);
      this.#linger = setTimeout(() => this.#rest(), LINGER_MS).unref();
    };
  };

  readonly mention: LiveFeed["mention"] = (event, content, { view, isPassing = false } = {}) => {
    if (this.#timers.length === 0) return;
    const json = JSON.stringify(content);
    for (const [withDemo, channel] of this.#channels)
      if (view === undefined || withDemo === (view === "with-demo"))
        channel.mention(event, json, { isKept: !isPassing });
  };

  readonly close = (): void => {
    this.#isClosed = true;
    clearTimeout(this.#linger);
    this.#rest();
    for (const channel of this.#channels.values()) channel.close();
  };

  #begin(): void {
    const breathe = (): void => {
      for (const channel of this.#channels.values()) channel.breathe();
    };
    const tick = (): void => {
      this.#tell();
      this.#sources.onTick();
    };
    this.#timers = [setInterval(tick, TICK_MS), setInterval(breathe, BREATH_MS)];
    for (const timer of this.#timers) timer.unref();
    this.#sources.followRequests((trace) => this.#note(trace));
  }

  #rest(): void {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#timers = [];
    this.#ended = [];
    this.#sources.followRequests(undefined);
    for (const channel of this.#channels.values()) channel.forget();
  }

  #note(trace: TraceInput): void {
    this.#ended.push(trace);
    if (this.#ended.length > MOST_REQUESTS) this.#ended.shift();
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#timers.length === 0 || this.#soon !== undefined) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#tell();
    }, LEAST_GAP_MS);
    this.#soon.unref();
  }

  /** One look at the fleet for all listeners of one view. */
  #tell(): void {
    const ended = this.#ended;
    this.#ended = [];
    for (const [withDemo, channel] of this.#channels) {
      if (channel.size > 0) channel.tell(this.#sources.picture(withDemo));
      const shown = ended.filter(({ isSimulated }) => withDemo || !isSimulated);
      for (const trace of shown) channel.mention("request", endedJson(trace));
    }
  }
}

/** What a list of requests shows. */
function endedJson(trace: TraceInput): string {
  const row: Readonly<Record<string, unknown>> = { ...traceRow(trace) };
  const told = ["request_id", "model", "node_id", "status", "latency_ms", "time_to_first_token_ms", "queue_wait_ms"];
  const more = ["prompt_tokens", "completion_tokens", "endpoint", "error_code", "timestamp"];
  return JSON.stringify(Object.fromEntries([...told, ...more].map((name) => [name, row[name] ?? null])));
}
