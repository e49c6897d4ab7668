import { until } from "../until.ts";
import { type OpenCall, openCall, type Reply, type Target } from "./http-call.ts";

/** Many streams at one time, half of them in either dialect. */
export interface CrowdOrder {
  readonly size: number;
  readonly model: string;
  /** Tokens of each answer. */
  readonly tokens: number;
}

/** One member of the crowd. */
export interface Member {
  readonly dialect: "ollama" | "openai";
  readonly call: OpenCall;
}

/** How a stream ended: with its closing record, with an error record after at least one other, or in no honest way. */
export type StreamEnd = "whole" | "told-error" | "dishonest";

/** Starts all of them at once. */
export function startCrowd(target: Target, { size, model, tokens }: CrowdOrder): readonly Member[] {
  return Array.from({ length: size }, (_, index) => {
    const messages = [{ role: "user", content: `Question ${index}: what do you see from the window?` }];
    // In pairs, since two equal nodes take turns.
    const dialect = index % 4 < 2 ? "ollama" : "openai";
    const call =
      dialect === "ollama"
        ? { path: "/api/chat", body: { model, messages, options: { num_predict: tokens } } }
        : { path: "/v1/chat/completions", body: { model, messages, stream: true, max_tokens: tokens } };
    return { dialect, call: openCall(target, call) };
  });
}

/** Members whose answer has begun on a node and not ended. */
export function begunOn(crowd: readonly Member[], node: string): readonly Member[] {
  return crowd.filter(({ call }) => call.node() === node && call.received().length > 0 && !call.isOver());
}

/** Waits until so many answers have begun: which of the members come first is the system's choice. */
export async function untilBegun(crowd: readonly Member[], count: number): Promise<void> {
  const look = (): boolean => crowd.filter(({ call }) => call.received().length > 0).length >= count;
  await until({ what: `${count} answers have begun`, look, withinMs: 15_000 });
}

/** What became of a stream. */
export function streamEndOf(dialect: Member["dialect"], reply: Reply): StreamEnd {
  if (reply.status !== 200 || reply.endedBy !== "complete") return "dishonest";
  const records = recordsOf(dialect, reply.text);
  const last = records.at(-1);
  if (last === undefined) return "dishonest";
  // A record that was cut in two may stand before the error that tells of the cut, and nowhere else.
  const before = records.slice(0, -1);
  const isOdd = before.slice(0, -1).some((record) => record !== "content") || before.at(-1) === "error";
  if (isOdd) return "dishonest";
  if (last === "error") return before.length > 0 ? "told-error" : "dishonest";
  return last === "end" && before.at(-1) !== "unreadable" ? "whole" : "dishonest";
}

type RecordKind = "content" | "end" | "error" | "unreadable";

function recordsOf(dialect: Member["dialect"], text: string): readonly RecordKind[] {
  if (dialect === "ollama") return linesOf(text).map(nativeKind);
  return linesOf(text).map((line) => (line.startsWith("data: ") ? eventKind(line.slice(6)) : "unreadable"));
}

const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

function nativeKind(line: string): RecordKind {
  const record = parse(line);
  if (record === undefined) return "unreadable";
  if ("error" in record) return "error";
  return record["done"] === true ? "end" : "content";
}

function eventKind(payload: string): RecordKind {
  if (payload === "[DONE]") return "end";
  const record = parse(payload);
  if (record === undefined) return "unreadable";
  return "error" in record ? "error" : "content";
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A record that was cut in two: the caller names it.
    return undefined;
  }
}
