import type { BriefingFacts } from "../briefing-facts.ts";

/** Facts of a quiet fleet, but for what a test says. */
export const makeBriefingFacts = (
  wish: Partial<Omit<BriefingFacts, "traffic">> & { readonly traffic?: Partial<BriefingFacts["traffic"]> } = {},
): BriefingFacts => ({
  nodes: [
    { id: "a", status: "online" },
    { id: "b", status: "online" },
  ],
  loaded_models: ["qwen3:8b"],
  in_flight: 0,
  waiting: 0,
  findings: [],
  ...wish,
  traffic: {
    requests: 0,
    failed: 0,
    tokens: 0,
    fallbacks: 0,
    requestsBefore: 0,
    joules: 0,
    topModels: [],
    ...wish.traffic,
  },
});
