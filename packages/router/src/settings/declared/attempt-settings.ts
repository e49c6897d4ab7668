import { numberSetting, wholeNumberSetting } from "@herd/shared";

/** How an attempt at a node fails, and how often another one follows. */
export const attemptSettings = {
  maxRetries: wholeNumberSetting({
    meaning: "Further attempts after a fault of a node; unreachable nodes are not counted.",
    unit: "attempts",
    default: 2,
    min: 0,
    max: 10,
    isLive: true,
  }),
  retryBudgetPct: numberSetting({
    meaning: "Share of the last minute's requests that may be tried again after a fault, never less than 10 requests.",
    unit: "percent",
    default: 20,
    min: 0,
    max: 100,
    isLive: true,
  }),
  stallCapS: numberSetting({
    meaning: "An attempt without a single byte for so long is aborted; a load may take minutes.",
    unit: "seconds",
    aliases: ["FLEET_STALE_TIMEOUT"],
    default: 900,
    min: 1,
    max: 86_400,
    isLive: true,
  }),
  connectTimeoutMs: wholeNumberSetting({
    meaning: "Longest wait for a connection to a node.",
    unit: "milliseconds",
    default: 3000,
    min: 50,
    max: 60_000,
  }),
};
