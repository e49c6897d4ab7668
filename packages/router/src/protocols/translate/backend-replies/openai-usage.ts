import { asNumber, asObject } from "../../tap/record.ts";
import type { NeutralUsage } from "../neutral.ts";

type Parsed = Readonly<Record<string, unknown>>;

const NANOSECONDS_PER_MS = 1e6;

/** What a record of a server with OpenAI's API tells of its cost; llama-server adds its durations beside the usage. */
export const openaiUsageOf = (record: Parsed): NeutralUsage | undefined => {
  const usage = asObject(record["usage"]);
  if (usage === undefined) return undefined;
  const timings = asObject(record["timings"]);
  return {
    promptTokens: countOf(usage["prompt_tokens"]) ?? 0,
    outputTokens: countOf(usage["completion_tokens"]) ?? 0,
    cachedTokens: countOf(asObject(usage["prompt_tokens_details"])?.["cached_tokens"]),
    thinkingTokens: countOf(asObject(usage["completion_tokens_details"])?.["reasoning_tokens"]),
    promptNs: nanoseconds(timings?.["prompt_ms"]),
    outputNs: nanoseconds(timings?.["predicted_ms"]),
  };
};

/** A whole number of tokens. */
export const countOf = (value: unknown): number | undefined => {
  const count = asNumber(value);
  return count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
};

const nanoseconds = (ms: unknown): number | undefined => {
  const value = asNumber(ms);
  return value === undefined || value < 0 ? undefined : Math.round(value * NANOSECONDS_PER_MS);
};
