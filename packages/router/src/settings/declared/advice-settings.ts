import { textSetting, toggleSetting } from "@herd/shared";

/** Advice and summaries about the fleet. */
export const adviceSettings = {
  fleetIntelligence: toggleSetting({
    meaning:
      "A model that is in memory on an idle node may write the briefing of the fleet anew while nobody waits; off: it is made of facts alone and not shown as a briefing.",
    default: true,
    isLive: true,
  }),
  fleetIntelligenceModel: textSetting({
    meaning:
      "The only model that may write the briefing; empty: the largest chat model that is in memory on an idle node.",
    expected: "a model name",
    pattern: /^\S{1,200}$/,
    default: "",
    example: "qwen3:8b",
    isLive: true,
  }),
};
