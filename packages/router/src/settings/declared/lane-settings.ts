import { numberSetting, settingGroup, toggleSetting, wholeNumberSetting } from "@herd/shared";

/** How many requests run, how many wait, and how long. */
export const laneSettings = {
  queueLimit: wholeNumberSetting({
    meaning: "Requests that may wait in one lane; beyond it 503 with Retry-After.",
    unit: "requests",
    default: 512,
    min: 0,
    max: 100_000,
    isLive: true,
  }),
  waitDeadlineS: numberSetting({
    meaning: "Longest wait from arrival; it never ends an attempt that has been dispatched.",
    unit: "seconds",
    default: 600,
    min: 0.1,
    max: 86_400,
    isLive: true,
  }),
  holdingS: numberSetting({
    meaning:
      "How long a request for a known model waits while no node can take it; a change is for requests that arrive from then on.",
    unit: "seconds",
    default: 30,
    min: 0,
    max: 3600,
    isLive: true,
  }),
  startGraceS: numberSetting({
    meaning: "Time after the start of the router in which an unknown model is waited for instead of refused.",
    unit: "seconds",
    default: 15,
    min: 0,
    max: 3600,
  }),
  knownNameDays: numberSetting({
    meaning: "How long a model that no node has any more is still waited for.",
    unit: "days",
    default: 7,
    min: 0,
    max: 365,
    isLive: true,
  }),
  assumedParallelism: settingGroup({
    ollama: wholeNumberSetting({
      meaning: "Requests an Ollama node runs at once for one model until its real limit is known.",
      unit: "requests",
      default: 1,
      min: 1,
      max: 64,
    }),
    other: wholeNumberSetting({
      meaning: "The same for every other kind of backend.",
      unit: "requests",
      default: 4,
      min: 1,
      max: 64,
    }),
  }),
  maxParallelism: wholeNumberSetting({
    meaning: "Most requests one node ever runs at once for one model, whatever it reports.",
    unit: "requests",
    default: 64,
    min: 1,
    max: 64,
  }),
  loadFirst: toggleSetting({
    meaning:
      "The router loads a cold model itself before it dispatches, so a client that leaves does not abort the load.",
    default: true,
    isLive: true,
  }),
};
