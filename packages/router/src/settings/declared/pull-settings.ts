import { listSetting, modeSetting, numberSetting, wholeNumberSetting } from "@herd/shared";
import { z } from "zod";

/** What becomes of a model that is asked for and lies on no machine. */
export const pullSettings = {
  autoPull: modeSetting(
    {
      meaning:
        "Models that no machine has and somebody asks for; named: those are pulled that stand in a setting (aliases, the map " +
        "for Anthropic's names), on: any that a caller on this machine asks for, but for embeddings, off: none.",
      choices: ["off", "named", "on"],
      default: "named",
      isLive: true,
    },
    { whenTrue: "on", whenFalse: "off" },
  ),
  autoPullTimeout: wholeNumberSetting({
    meaning: "How long a request waits for such a pull; the pull itself goes on.",
    unit: "seconds",
    default: 300,
    min: 1,
    max: 86_400,
    isLive: true,
  }),
  autoPullMaxGb: numberSetting({
    meaning: "Largest model that is pulled unasked; one that turns out larger is stopped.",
    unit: "GiB",
    default: 20,
    min: 0.1,
    max: 10_000,
    isLive: true,
  }),
  pinnedModels: listSetting({
    meaning: "Models that are kept in memory, each on the machine with the most room that has it on disk.",
    items: "models",
    item: z.string().trim().min(1).max(512),
    default: [],
    example: "gemma3:4b,nomic-embed-text",
    isLive: true,
  }),
  modelPreloadMaxCount: wholeNumberSetting({
    meaning: "Most pinned models that are kept in memory of one machine; 0 keeps none.",
    unit: "models",
    default: 3,
    min: 0,
    max: 100,
    isLive: true,
  }),
};
