import { parseObject } from "../../tap/record.ts";
import { LineReader, LONGEST_LINE } from "./line-reader.ts";

type Parsed = Readonly<Record<string, unknown>>;

/** What an event of a stream is: a JSON object, the mark after the last one, or neither. */
export type ServerEvent = Parsed | "done" | "broken";

const DONE_MARK = "[DONE]";

/**
 * Reads server-sent events, whatever the chunking. Comments and the names of events are passed over. A line of data that
 * is a whole object is an event at once, as servers exist that put no blank line after it.
 */
export class EventReader {
  readonly #lines = new LineReader();
  #open: string[] = [];
  #openLength = 0;

  read(chunk: Uint8Array): readonly ServerEvent[] {
    const events = this.#lines.read(chunk).flatMap((line) => this.#eventsOf(line));
    return this.#lines.isBroken ? [...events, "broken"] : events;
  }

  /** What is left at the end; the blank line after the last event may be missing. */
  end(): readonly ServerEvent[] {
    return [...this.#lines.rest().flatMap((line) => this.#eventsOf(line)), ...this.#close()];
  }

  #eventsOf(line: string): readonly ServerEvent[] {
    if (line === "") return this.#close();
    if (line !== "data" && !line.startsWith("data:")) return [];
    const value = line.slice("data:".length);
    const text = value.startsWith(" ") ? value.slice(1) : value;
    const whole = this.#open.length === 0 ? eventOf(text) : "broken";
    return whole === "broken" ? this.#keep(text) : [whole];
  }

  #keep(text: string): readonly ServerEvent[] {
    this.#open.push(text);
    this.#openLength += text.length;
    return this.#openLength > LONGEST_LINE ? ["broken"] : [];
  }

  /** An event of several lines ends. */
  #close(): readonly ServerEvent[] {
    if (this.#open.length === 0) return [];
    const text = this.#open.join("\n");
    this.#open = [];
    this.#openLength = 0;
    return text.trim() === "" ? [] : [eventOf(text)];
  }
}

const eventOf = (text: string): ServerEvent => (text.trim() === DONE_MARK ? "done" : (parseObject(text) ?? "broken"));
