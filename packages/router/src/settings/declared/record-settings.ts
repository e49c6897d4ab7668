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
    meaning: "Traces older than this are deleted; 0 keeps all. Sums of usage stay.",
    unit: "days",
    default: 90,
    min: 0,
    max: 36_500,
    isLive: true,
  }),
  usageRetentionDays: wholeNumberSetting({
    meaning: "Sums of usage and energy, and benchmark runs, older than this are deleted; 0 keeps all.",
    unit: "days",
    default: 730,
    min: 0,
    max: 36_500,
    isLive: true,
  }),
  maxDatabaseMb: wholeNumberSetting({
    meaning: "Size of the database from which on the oldest traces are deleted; 0 sets no limit.",
    unit: "MiB",
    default: 2048,
    min: 0,
    max: 1_048_576,
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
