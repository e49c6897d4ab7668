import type { ReplyTranslator } from "../../domain/translation.ts";
import type { NeutralEvent, NeutralUsage, ReplyDecoder, ReplyEncoder } from "./neutral.ts";

const NANOSECONDS_PER_MS = 1e6;

/** Turns a backend's reply into the client's dialect, record by record. `now`: Unix epoch ms. */
export const createReplyTranslator = ({
  decoder,
  encoder,
  now,
}: {
  readonly decoder: ReplyDecoder;
  readonly encoder: ReplyEncoder;
  readonly now: () => number;
}): ReplyTranslator => {
  const clock = new ReplyClock(now);
  const written = (events: readonly NeutralEvent[]): string =>
    events.length === 0 ? "" : encoder.encode(clock.timed(events));
  return {
    contentType: encoder.contentType,
    nextSequence: () => encoder.nextSequence?.(),
    translate: (chunk) => Buffer.from(written(decoder.decode(chunk))),
    end: () => {
      const events = decoder.end();
      if (events === undefined) return undefined;
      const text = written(events) + encoder.end();
      return encoder.fault?.() === undefined ? Buffer.from(text) : undefined;
    },
  };
};

/** Servers with OpenAI's API tell no durations, which Ollama's clients count on: what was seen of them is told instead. */
class ReplyClock {
  readonly #now: () => number;
  readonly #begun: number;
  #firstAt: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.#begun = now();
  }

  timed(events: readonly NeutralEvent[]): readonly NeutralEvent[] {
    if (this.#firstAt === undefined && events.some(({ kind }) => kind !== "usage" && kind !== "end")) {
      this.#firstAt = this.#now();
    }
    return events.map((event) =>
      event.kind === "usage" ? { kind: "usage", usage: this.#complete(event.usage) } : event,
    );
  }

  /** A reply that came at once tells nothing of how long its parts took. */
  #complete(usage: NeutralUsage): NeutralUsage {
    if (usage.totalNs !== undefined) return usage;
    const ended = this.#now();
    const first = this.#firstAt ?? ended;
    const isStream = first < ended;
    const promptNs = usage.promptNs ?? (isStream ? nanoseconds(first - this.#begun) : undefined);
    const outputNs = usage.outputNs ?? (isStream ? nanoseconds(ended - first) : undefined);
    const parts = (promptNs ?? 0) + (outputNs ?? 0);
    return { ...usage, totalNs: Math.max(nanoseconds(ended - this.#begun), parts), promptNs, outputNs };
  }
}

/** Never zero, which Ollama's clients take for missing; a clock that was set back is taken for a stopped one. */
const nanoseconds = (ms: number): number => Math.max(1, Math.round(ms)) * NANOSECONDS_PER_MS;
