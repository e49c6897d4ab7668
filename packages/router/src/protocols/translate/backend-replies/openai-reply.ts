import { OPEN_BRACE } from "../../json/ascii.ts";
import { asNumber, asObject } from "../../tap/record.ts";
import type { NeutralEvent, NeutralRequest, NeutralUsage, ReplyDecoder } from "../neutral.ts";
import { EventReader, type ServerEvent } from "./event-reader.ts";
import { OpenaiChoice } from "./openai-choice.ts";
import { openaiUsageOf } from "./openai-usage.ts";
import { WholeBody } from "./whole-body.ts";

type Parsed = Readonly<Record<string, unknown>>;

/** Answers and tool calls of one reply; no server has more, and one that has would fill memory. */
const MOST = 1024;
const SPACE = 0x20;

/** Reads the replies of `/v1/chat/completions` and `/v1/completions`, streamed. */
export const readOpenaiStream = (request: NeutralRequest): ReplyDecoder => new OpenaiStream(request);

/** The same, whole. */
export const readOpenaiWhole = (request: NeutralRequest): ReplyDecoder => new OpenaiWhole(request);

/** What both forms share: records in, events out; endings are held back to the end, so that they come once and in order. */
class OpenaiRecords {
  readonly #choices = new Map<number, OpenaiChoice>();
  readonly #topLogprobs: number;
  #usage: NeutralUsage | undefined;
  isBroken = false;

  constructor(request: NeutralRequest) {
    this.#topLogprobs = request.logprobs?.top ?? 0;
  }

  accept(record: Parsed): readonly NeutralEvent[] {
    if (isError(record)) this.isBroken = true;
    if (this.isBroken) return [];
    this.#usage = openaiUsageOf(record) ?? this.#usage;
    const choices = Array.isArray(record["choices"]) ? record["choices"] : [];
    return choices.flatMap((value) => this.#acceptChoice(asObject(value) ?? {}));
  }

  /** The closing events; undefined when no answer was complete. `isMarked`: the server said that this was all. */
  end(isMarked: boolean): readonly NeutralEvent[] | undefined {
    const choices = [...this.#choices.values()];
    const isComplete = choices.length > 0 && (isMarked || choices.every(({ isFinished }) => isFinished));
    if (this.isBroken || !isComplete) return undefined;
    const usage: NeutralEvent[] = this.#usage === undefined ? [] : [{ kind: "usage", usage: this.#usage }];
    return [...choices.flatMap((choice) => choice.end()), ...usage, { kind: "end" }];
  }

  #acceptChoice(record: Parsed): readonly NeutralEvent[] {
    const index = asNumber(record["index"]) ?? 0;
    const choice = this.#choices.get(index) ?? new OpenaiChoice(index, this.#topLogprobs);
    this.#choices.set(index, choice);
    const events = choice.accept(record);
    this.isBroken ||= this.#choices.size > MOST || choice.callCount > MOST;
    return events;
  }
}

/** An error told inside a stream: OpenAI's form, or that of older vLLM. */
const isError = (record: Parsed): boolean =>
  (record["error"] !== undefined && record["error"] !== null) || record["object"] === "error";

class OpenaiStream implements ReplyDecoder {
  readonly #records: OpenaiRecords;
  readonly #events = new EventReader();
  readonly #whole: OpenaiWhole;
  #form: "unknown" | "events" | "body" = "unknown";
  #closing: readonly NeutralEvent[] | undefined;
  #isOver = false;

  constructor(request: NeutralRequest) {
    this.#records = new OpenaiRecords(request);
    this.#whole = new OpenaiWhole(request);
  }

  decode(chunk: Uint8Array): readonly NeutralEvent[] {
    if (this.#form === "unknown") this.#form = formOf(chunk);
    if (this.#form === "body") return this.#whole.decode(chunk);
    return this.#eventsOf(this.#events.read(chunk));
  }

  end(): readonly NeutralEvent[] | undefined {
    if (this.#form === "body") return this.#whole.end();
    const last = this.#eventsOf(this.#events.end());
    if (this.#isOver) return this.#closing === undefined ? undefined : last;
    const closing = this.#records.end(false);
    return closing === undefined ? undefined : [...last, ...closing];
  }

  #eventsOf(records: readonly ServerEvent[]): readonly NeutralEvent[] {
    return records.flatMap((record) => this.#accept(record));
  }

  #accept(record: ServerEvent): readonly NeutralEvent[] {
    if (this.#isOver) return [];
    if (typeof record === "object") {
      const events = this.#records.accept(record);
      this.#isOver = this.#records.isBroken;
      return events;
    }
    this.#isOver = true;
    this.#closing = record === "done" ? this.#records.end(true) : undefined;
    return this.#closing ?? [];
  }
}

/** A server that was asked for a stream may answer with one object. Blanks leave the form open. */
const formOf = (chunk: Uint8Array): "unknown" | "events" | "body" => {
  const first = chunk.find((byte) => byte > SPACE);
  if (first === undefined) return "unknown";
  return first === OPEN_BRACE ? "body" : "events";
};

class OpenaiWhole implements ReplyDecoder {
  readonly #records: OpenaiRecords;
  readonly #body = new WholeBody();

  constructor(request: NeutralRequest) {
    this.#records = new OpenaiRecords(request);
  }

  decode(chunk: Uint8Array): readonly NeutralEvent[] {
    this.#body.add(chunk);
    return [];
  }

  end(): readonly NeutralEvent[] | undefined {
    const record = this.#body.take();
    if (record === undefined) return undefined;
    const events = this.#records.accept(record);
    const closing = this.#records.end(true);
    return closing === undefined ? undefined : [...events, ...closing];
  }
}
