import type { ReadUsage } from "../../tap/answer-tap.ts";
import { asNumber } from "../../tap/record.ts";
import { toMs } from "../tap.ts";

/** The cost of `/api/embed`; the older route tells none. */
export const readEmbedUsage: ReadUsage = (members) =>
  "total_duration" in members
    ? {
        promptTokens: asNumber(members["prompt_eval_count"]),
        outputTokens: undefined,
        totalMs: toMs(members["total_duration"]),
        loadMs: toMs(members["load_duration"]),
        promptMs: undefined,
        outputMs: undefined,
      }
    : undefined;
