import type { Reading } from "../../domain/decision.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Signal } from "../contracts.ts";
import { workAheadOf } from "../estimates/work-ahead.ts";
import { spokenDuration } from "../wording.ts";

/** The wait at which the score has risen to 1 − 1/e, ms. */
const SCALE_MS = 20_000;

/** When would this request start here? */
export const waitTime: Signal = {
  name: "wait_time",
  meaning:
    "Predicted time until this request would start: work ahead of it, then loading the model where it must be loaded",
  formula:
    "1 − e^(−w ÷ 20 s), w = (requests beyond the free slots − ½) × learned time per request ÷ slots + load time; times not learned yet are estimated from " +
    "memory bandwidth, model size and disk speed",
  measure(candidate, view): Reading {
    const ahead = workAheadOf(candidate, view);
    const waitMs = ahead.queueMs + ahead.loadMs;
    return {
      score: 1 - Math.exp(-waitMs / SCALE_MS),
      facts: { requests_ahead: ahead.requests, queue_ms: Math.round(ahead.queueMs), load_ms: Math.round(ahead.loadMs) },
    };
  },
  explain({ facts }): string {
    const { requests_ahead: requests = 0, queue_ms: queueMs = 0, load_ms: loadMs = 0 } = facts;
    if (queueMs + loadMs === 0) return "Can start at once";
    const load = `loading the model takes about ${spokenDuration(loadMs)}`;
    if (queueMs === 0) return capitalised(load);
    const queue = `${counted(requests, "request")} ahead on this machine, about ${spokenDuration(queueMs)}`;
    return loadMs === 0 ? queue : `${queue}; then ${load}`;
  },
};

const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
