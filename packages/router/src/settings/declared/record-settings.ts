import { wholeNumberSetting } from "@herd/shared";

/** What is remembered about requests that have ended. */
export const recordSettings = {
  decisionsKept: wholeNumberSetting({
    meaning: "Newest decisions kept whole in memory, for explaining why a request went where it went.",
    unit: "requests",
    default: 1000,
    min: 0,
    max: 100_000,
  }),
  traceFlushMs: wholeNumberSetting({
    meaning: "Longest time between the end of a request and the writing of its trace.",
    unit: "milliseconds",
    default: 100,
    min: 10,
    max: 250,
  }),
  traceRetentionDays: wholeNumberSetting({
    meaning: "Traces older than this are deleted; 0 keeps all.",
    unit: "days",
    default: 90,
    min: 0,
    max: 36_500,
    isLive: true,
  }),
  traceBacklog: wholeNumberSetting({
    meaning:
      "Traces that may wait to be written while the disk is slow or full; beyond it they are counted as dropped.",
    unit: "traces",
    default: 10_000,
    min: 100,
    max: 1_000_000,
  }),
};
