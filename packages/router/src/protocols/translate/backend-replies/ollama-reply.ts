import { asNumber, asObject, asText, parseObject } from "../../tap/record.ts";
import { goJson } from "../go-value.ts";
import type { FinishReason, Json, NeutralEvent, NeutralLogprob, NeutralUsage, ReplyDecoder } from "../neutral.ts";
import { LineReader } from "./line-reader.ts";
import { nativeLogprobsOf } from "./logprobs.ts";
import { countOf } from "./openai-usage.ts";
import { WholeBody } from "./whole-body.ts";

type Parsed = Readonly<Record<string, unknown>>;

/** Reads the replies of `/api/chat` and `/api/generate`, streamed. */
export const readOllamaStream = (): ReplyDecoder => new OllamaStream();

/** The same, whole. */
export const readOllamaWhole = (): ReplyDecoder => new OllamaWhole();

const reasons: Readonly<Record<string, FinishReason>> = { length: "length", load: "load", unload: "unload" };

/** Records in, events out. A record that is no object, or an error, ends the reading. */
class OllamaRecords {
  #calls = 0;
  state: "open" | "whole" | "broken" = "open";

  accept(record: Parsed | undefined): readonly NeutralEvent[] {
    if (this.state !== "open") return [];
    if (record === undefined || "error" in record) {
      this.state = "broken";
      return [];
    }
    const isLast = record["done"] === true;
    const said = [...this.#saidIn(record, isLast)];
    if (!isLast) return said;
    this.state = "whole";
    return [
      ...said,
      { kind: "finish", choice: 0, reason: this.#reasonOf(record) },
      { kind: "usage", usage: usageOf(record) },
      { kind: "end" },
    ];
  }

  /** Thinking comes before text; the log probabilities go with the first that there is. */
  *#saidIn(record: Parsed, isLast: boolean): Generator<NeutralEvent> {
    const { text, thought, calls, logprobs } = readRecord(record);
    const odds = logprobs && { logprobs };
    const isEmpty = thought === "" && calls.length === 0 && !isLast;
    if (thought !== "") yield { kind: "thinking", choice: 0, text: thought, ...odds };
    if (thought === "" && (text !== "" || odds || isEmpty)) yield { kind: "text", choice: 0, text, ...odds };
    if (thought !== "" && text !== "") yield { kind: "text", choice: 0, text };
    for (const call of calls) yield* this.#call(call);
  }

  *#call(call: Parsed | undefined): Generator<NeutralEvent> {
    const called = asObject(call?.["function"]);
    if (called === undefined) return;
    const index = this.#calls;
    this.#calls += 1;
    yield { kind: "tool-call", choice: 0, index, id: asText(call?.["id"]) ?? "", name: asText(called["name"]) ?? "" };
    yield { kind: "tool-arguments", choice: 0, index, text: goJson((asObject(called["arguments"]) ?? {}) as Json) };
  }

  /** Whatever ended it, an answer that called a tool ends for that, as on Ollama's other routes. */
  #reasonOf(record: Parsed): FinishReason {
    if (this.#calls > 0) return "tool-calls";
    const told = asText(record["done_reason"]) ?? "";
    return Object.hasOwn(reasons, told) ? (reasons[told] ?? "stop") : "stop";
  }
}

interface Said {
  readonly text: string;
  readonly thought: string;
  readonly calls: readonly (Parsed | undefined)[];
  readonly logprobs: readonly NeutralLogprob[] | undefined;
}

/** `/api/chat` speaks in a message, `/api/generate` in the record itself. */
const readRecord = (record: Parsed): Said => {
  const message = asObject(record["message"]) ?? record;
  const calls = message["tool_calls"];
  return {
    text: asText(message["content"]) ?? asText(record["response"]) ?? "",
    thought: asText(message["thinking"]) ?? "",
    calls: Array.isArray(calls) ? calls.map(asObject) : [],
    logprobs: nativeLogprobsOf(record["logprobs"]),
  };
};

/** Numbers that are zero are left out by Ollama. */
const usageOf = (record: Parsed): NeutralUsage => ({
  promptTokens: countOf(record["prompt_eval_count"]) ?? 0,
  outputTokens: countOf(record["eval_count"]) ?? 0,
  totalNs: asNumber(record["total_duration"]),
  loadNs: asNumber(record["load_duration"]),
  promptNs: asNumber(record["prompt_eval_duration"]),
  outputNs: asNumber(record["eval_duration"]),
});

class OllamaStream implements ReplyDecoder {
  readonly #lines = new LineReader();
  readonly #records = new OllamaRecords();

  decode(chunk: Uint8Array): readonly NeutralEvent[] {
    const events = this.#accept(this.#lines.read(chunk));
    if (this.#lines.isBroken) this.#records.state = "broken";
    return events;
  }

  /** What loads a model is answered by one object without a line end. */
  end(): readonly NeutralEvent[] | undefined {
    const events = this.#accept(this.#lines.rest());
    return this.#records.state === "whole" ? events : undefined;
  }

  #accept(lines: readonly string[]): readonly NeutralEvent[] {
    return lines.flatMap((line) => (line.trim() === "" ? [] : this.#records.accept(parseObject(line))));
  }
}

class OllamaWhole implements ReplyDecoder {
  readonly #body = new WholeBody();

  decode(chunk: Uint8Array): readonly NeutralEvent[] {
    this.#body.add(chunk);
    return [];
  }

  end(): readonly NeutralEvent[] | undefined {
    const records = new OllamaRecords();
    const events = records.accept(this.#body.take());
    return records.state === "whole" ? events : undefined;
  }
}
