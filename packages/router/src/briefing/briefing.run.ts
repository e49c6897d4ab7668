import { askWriter } from "./ask-writer.run.ts";
import type { BriefingFacts } from "./briefing-facts.ts";
import { briefingPrompt } from "./briefing-prompt.ts";
import type { Writer } from "./choose-writer.ts";
import { cleanText } from "./clean-text.ts";
import { plainBriefing } from "./plain-briefing.ts";
import { goodForMs, pauseAfterFailuresMs } from "./refresh-times.ts";

/** A briefing that was made. */
export interface MadeBriefing {
  readonly text: string;
  /** What the facts alone say. */
  readonly plain: string;
  /** Who wrote it; undefined when it is made of facts alone. */
  readonly model: string | undefined;
  /** Unix epoch ms. */
  readonly at: number;
  readonly facts: BriefingFacts;
}

/** What a briefing needs from outside. */
export interface BriefingDependencies {
  /** A model may improve the text. */
  readonly mayImprove: () => boolean;
  readonly facts: () => Promise<BriefingFacts>;
  /** The newest one that is kept. */
  readonly latest: () => Promise<MadeBriefing | undefined>;
  readonly save: (briefing: MadeBriefing) => void;
  /** Who may write now; undefined when nobody is idle. */
  readonly writer: () => Writer | undefined;
  /** Somebody waits, or works on that node, too: a request of ours must get out of the way. */
  readonly mustYield: (node: Writer["node"]) => boolean;
  /** The router's own address, as soon as it listens. */
  readonly url: () => string | undefined;
  /** Unix epoch ms. */
  readonly now: () => number;
  readonly onProblem: (error: unknown, what: string) => void;
  /** Longest time for one writing, ms. */
  readonly writingMs?: number;
}

/** A briefing as it is read. */
export interface BriefingReading {
  readonly briefing: MadeBriefing;
  readonly goodUntil: number;
  /** It was made for an earlier reading. */
  readonly isCached: boolean;
  /** A model is writing a better one. */
  readonly isGenerating: boolean;
  /** Why the last attempt of a model came to nothing. */
  readonly error: string | undefined;
}

const WRITING_MS = 60_000;
const LOOK_EVERY_MS = 200;
/** A reader who asks again and again gets the same. */
const SHORTEST_LIFE_MS = 10_000;
/** After it had to make room, no model is asked for this long, ms. */
const PAUSE_AFTER_YIELD_MS = 60_000;

/**
 * The fleet in a few sentences. A reading never waits for a model: the text made of facts is there at once; a model that is
 * idle writes a better one for the next reading, and stops as soon as anybody waits or wants its node.
 */
export class Briefing {
  readonly #dependencies: BriefingDependencies;
  #current: { readonly made: MadeBriefing; readonly goodUntil: number } | undefined;
  #making: Promise<void> | undefined;
  #writing: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  #failures = 0;
  #pausedUntil = 0;
  #error: string | undefined;
  #isClosed = false;

  constructor(dependencies: BriefingDependencies) {
    this.#dependencies = dependencies;
  }

  /** @param isWanted a new one, whatever the age of the last. @throws what the facts cannot be read with */
  async read(isWanted: boolean): Promise<BriefingReading> {
    const before = this.#current;
    if (this.#current === undefined || this.#isOld(isWanted)) {
      this.#making ??= this.#make(isWanted).finally(() => {
        this.#making = undefined;
      });
      await this.#making;
    }
    this.#improve();
    const current = this.#current;
    if (current === undefined) throw new Error("no briefing was made");
    return {
      briefing: current.made,
      goodUntil: current.goodUntil,
      isCached: before === current,
      isGenerating: this.#writing !== undefined,
      error: this.#error,
    };
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing?.ended;
  }

  /** Ends what is being written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#writing?.abort.abort(new Error("the router is stopping"));
    await this.settled();
  }

  #isOld(isWanted: boolean): boolean {
    const { now } = this.#dependencies;
    if (this.#current === undefined) return true;
    if (now() >= this.#current.goodUntil) return true;
    return isWanted && now() - this.#current.made.at >= SHORTEST_LIFE_MS;
  }

  async #make(isWanted: boolean): Promise<void> {
    const { facts: readFacts, latest, now, save } = this.#dependencies;
    const previous = this.#current?.made ?? (await latest());
    if (this.#current === undefined && previous !== undefined && !isWanted && this.#isFresh(previous)) {
      this.#current = { made: previous, goodUntil: previous.at + goodForMs(previous.facts) };
      return;
    }
    const facts = await readFacts();
    const plain = plainBriefing(facts, previous?.facts);
    const made = { text: plain, plain, model: undefined, at: now(), facts };
    this.#current = { made, goodUntil: made.at + goodForMs(facts) };
    this.#improve();
    // Else it is kept when the model has ended, one way or the other.
    if (this.#writing === undefined) this.#keep(save, made);
  }

  #isFresh({ at, facts }: MadeBriefing): boolean {
    const age = this.#dependencies.now() - at;
    return age >= 0 && age < goodForMs(facts);
  }

  #improve(): void {
    const { mayImprove, writer: chooseWriter, url, now } = this.#dependencies;
    const current = this.#current;
    if (current === undefined || current.made.model !== undefined || this.#writing !== undefined) return;
    if (this.#isClosed || !mayImprove() || now() < this.#pausedUntil) return;
    const [writer, own] = [chooseWriter(), url()];
    if (writer === undefined || own === undefined) return;
    const abort = new AbortController();
    const ended = this.#write({ made: current.made, writer, url: own, abort }).finally(() => {
      this.#writing = undefined;
    });
    this.#writing = { abort, ended };
  }

  async #write({ made, writer, url, abort }: Writing): Promise<void> {
    const { now, mayImprove, mustYield, save, writingMs = WRITING_MS } = this.#dependencies;
    const deadline = setTimeout(() => abort.abort(new Error(`nothing came within ${writingMs / 1000} s`)), writingMs);
    const look = setInterval(() => {
      if (!mayImprove()) abort.abort(new Error("briefings were switched off"));
      else if (mustYield(writer.node)) abort.abort(new MadeRoom());
    }, LOOK_EVERY_MS);
    try {
      const prompt = briefingPrompt(made.text, made.facts);
      const text = cleanText(await askWriter({ url, writer, ...prompt, signal: abort.signal }));
      if (text === undefined) throw new Error(`${writer.model} wrote nothing of use`);
      const better = { ...made, text, model: writer.model, at: now() };
      this.#current = { made: better, goodUntil: better.at + goodForMs(made.facts) };
      this.#failures = 0;
      this.#error = undefined;
      this.#keep(save, better);
    } catch (error) {
      this.#noteFailure(abort.signal.aborted ? abort.signal.reason : error);
      this.#keep(save, made);
    } finally {
      clearTimeout(deadline);
      clearInterval(look);
    }
  }

  #noteFailure(error: unknown): void {
    const { now, onProblem } = this.#dependencies;
    if (this.#isClosed) return;
    this.#error = error instanceof Error ? error.message : String(error);
    if (error instanceof MadeRoom) {
      this.#pausedUntil = now() + PAUSE_AFTER_YIELD_MS;
      return;
    }
    this.#failures += 1;
    this.#pausedUntil = now() + pauseAfterFailuresMs(this.#failures);
    onProblem(error, "no model improved the briefing");
  }

  /** The text made of facts is kept once, however often models fail to improve it. */
  #kept: MadeBriefing | undefined;

  #keep(save: BriefingDependencies["save"], made: MadeBriefing): void {
    if (this.#kept === made) return;
    this.#kept = made;
    try {
      save(made);
    } catch (error) {
      this.#dependencies.onProblem(error, "a briefing could not be kept");
    }
  }
}

interface Writing {
  readonly made: MadeBriefing;
  readonly writer: Writer;
  readonly url: string;
  readonly abort: AbortController;
}

/** It stopped because the node was wanted for other requests. */
class MadeRoom extends Error {
  constructor() {
    super("it made room for other requests");
  }
}
