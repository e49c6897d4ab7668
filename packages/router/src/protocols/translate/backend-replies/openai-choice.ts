import { asNumber, asObject, asText } from "../../tap/record.ts";
import { goJson } from "../go-value.ts";
import type { FinishReason, Json, NeutralEvent } from "../neutral.ts";
import { logprobsOf } from "./logprobs.ts";
import { type CallPiece, ToolCallAssembly } from "./tool-call-assembly.ts";

type Parsed = Readonly<Record<string, unknown>>;

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
};

/** One of the answers of a reply, as its records come. */
export class OpenaiChoice {
  readonly #index: number;
  readonly #topLogprobs: number;
  readonly #calls: ToolCallAssembly;
  #reason: FinishReason | undefined;
  #stopSequence: string | undefined;

  constructor(index: number, topLogprobs: number) {
    this.#index = index;
    this.#topLogprobs = topLogprobs;
    this.#calls = new ToolCallAssembly(index);
  }

  get isFinished(): boolean {
    return this.#reason !== undefined;
  }

  /** How many tools were called. */
  get callCount(): number {
    return this.#calls.count;
  }

  /** The events of a `delta` or `message`, or of a plain completion's `text`. */
  accept(choice: Parsed): readonly NeutralEvent[] {
    this.#finish(choice);
    const said = asObject(choice["delta"]) ?? asObject(choice["message"]);
    const thought = asText(said?.["reasoning"]) || asText(said?.["reasoning_content"]) || "";
    const text = textOf(said?.["content"]) + (asText(said?.["refusal"]) ?? "") + (asText(choice["text"]) ?? "");
    return [
      ...this.#wordsOf(thought, text, choice["logprobs"]),
      ...piecesOf(said, "message" in choice).flatMap((piece) => this.#calls.add(piece)),
    ];
  }

  /** What was held back, and why the answer ended. */
  end(): readonly NeutralEvent[] {
    const reason = this.#reason ?? (this.#calls.count > 0 ? "tool-calls" : "stop");
    return [
      ...this.#calls.end(),
      { kind: "finish", choice: this.#index, reason, ...(this.#stopSequence && { stopSequence: this.#stopSequence }) },
    ];
  }

  /** Thinking comes before text; the log probabilities go with the first that there is. */
  #wordsOf(thought: string, text: string, logprobs: unknown): readonly NeutralEvent[] {
    const odds = logprobsOf(logprobs, this.#topLogprobs);
    const choice = this.#index;
    const thinking: NeutralEvent[] =
      thought === "" ? [] : [{ kind: "thinking", choice, text: thought, ...(odds && { logprobs: odds }) }];
    if (text === "" && (odds === undefined || thought !== "")) return thinking;
    return [...thinking, { kind: "text", choice, text, ...(odds && thought === "" && { logprobs: odds }) }];
  }

  #finish(choice: Parsed): void {
    const reason = asText(choice["finish_reason"]);
    if (reason === undefined || reason === "" || this.#reason !== undefined) return;
    this.#reason = Object.hasOwn(reasons, reason) ? reasons[reason] : "stop";
    // vLLM tells here which of the wanted texts it stopped at.
    if (reason === "stop") this.#stopSequence = asText(choice["stop_reason"]);
  }
}

/** Content is a text, or with some servers a list of parts. */
const textOf = (content: unknown): string => {
  if (!Array.isArray(content)) return asText(content) ?? "";
  return content.map((part) => asText(asObject(part)?.["text"]) ?? "").join("");
};

/** The pieces of tool calls. In a whole message each entry is a call of its own. */
const piecesOf = (said: Parsed | undefined, isWhole: boolean): readonly CallPiece[] => {
  const calls = Array.isArray(said?.["tool_calls"]) ? said["tool_calls"].map(asObject) : [];
  const deprecated = asObject(said?.["function_call"]);
  const all = deprecated === undefined || calls.length > 0 ? calls : [{ index: 0, function: deprecated }];
  return all.flatMap((call, position) =>
    call === undefined ? [] : pieceOf(call, isWhole ? position : asNumber(call["index"])),
  );
};

const pieceOf = (call: Parsed, index: number | undefined): CallPiece => {
  const called = asObject(call["function"]);
  const given = called?.["arguments"];
  return {
    index,
    id: asText(call["id"]) ?? "",
    name: asText(called?.["name"]) ?? "",
    argumentsText: asObject(given) === undefined ? (asText(given) ?? "") : goJson(given as Json),
  };
};
