/** The records of Ollama's own `/api/chat` and `/api/generate`. */
import { goJsonString } from "../../go-types/go-json.ts";
import { argumentsObject, goList, goObject } from "../go-value.ts";
import type { FinishReason, NeutralUsage, ReplyHeading } from "../neutral.ts";
import type { GatheredCall } from "./gathered-reply.ts";

export type NativeRoute = "/api/chat" | "/api/generate";

/** Ollama's own models call tools and then stop. */
export const doneReasons: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "stop",
  "content-filter": "content_filter",
  load: "load",
  unload: "unload",
};

type Members = Readonly<Record<string, string | undefined>>;

export interface Said {
  readonly text: string;
  readonly thinking: string;
  /** As JSON texts. */
  readonly calls: readonly string[];
}

export interface RecordParts {
  readonly said: Said;
  /** A list as JSON text. */
  readonly logprobs?: string | undefined;
  /** Only in the last record. */
  readonly closing?: { readonly reason: string | undefined; readonly metrics: Members };
}

/** One record; both routes have the same members in another order. */
export const nativeRecord = (route: NativeRoute, { model, now }: ReplyHeading, parts: RecordParts): string => {
  const { said, logprobs, closing } = parts;
  const thinking = said.thinking === "" ? undefined : goJsonString(said.thinking);
  const tool_calls = said.calls.length === 0 ? undefined : goList(said.calls);
  const content = goJsonString(said.text);
  const head = { model: goJsonString(model), created_at: goJsonString(goTime(now())) };
  const done = { done: String(closing !== undefined), done_reason: closing?.reason && goJsonString(closing.reason) };
  if (route === "/api/generate") {
    return goObject({ ...head, response: content, thinking, ...done, ...closing?.metrics, tool_calls, logprobs });
  }
  const message = goObject({ role: '"assistant"', content, thinking, tool_calls });
  return goObject({ ...head, message, ...done, logprobs, ...closing?.metrics });
};

/** A call with its arguments as an object; undefined when they are none. */
export const nativeCall = ({ id, name, argumentsText }: GatheredCall, index: number): string | undefined => {
  const given = argumentsObject(argumentsText);
  if (given === undefined) return undefined;
  const called = goObject({ index: String(index), name: goJsonString(name), arguments: given });
  return goObject({ id: goJsonString(id), function: called });
};

/** The six figures of a last record; Go leaves out those that are zero. */
export const metricsOf = (usage: NeutralUsage | undefined): Members => ({
  total_duration: figure(usage?.totalNs),
  load_duration: figure(usage?.loadNs),
  prompt_eval_count: figure(usage?.promptTokens),
  prompt_eval_duration: figure(usage?.promptNs),
  eval_count: figure(usage?.outputTokens),
  eval_duration: figure(usage?.outputNs),
});

const figure = (value = 0): string | undefined => (value === 0 ? undefined : String(Math.round(value)));

/** A time in ms since the epoch as Go prints it in UTC: zeros at the end of the fraction are dropped. */
const goTime = (time: number): string => new Date(time).toISOString().replace(/\.?0*Z$/, "Z");
