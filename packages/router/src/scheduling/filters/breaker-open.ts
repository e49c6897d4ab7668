import type { Filter } from "../contracts.ts";

export const breakerOpen: Filter = {
  name: "breaker-open",
  meaning:
    "The inference server failed several times in a row and is given a rest. Steps aside when it would leave no candidate",
  canYield: true,
  reject: ({ breaker }) => (breaker === "open" ? { code: "breaker-open", facts: {} } : undefined),
  explain: () => "The inference server failed several times in a row; it is tried again soon",
};
