import type { Filter } from "../contracts.ts";
import { isInMemory } from "../estimates/runner-state.ts";

export const loadBlocked: Filter = {
  name: "load-blocked",
  meaning: "Loading this model failed on this machine a short while ago; where it is loaded by now, it stays",
  canYield: false,
  reject: (candidate) =>
    candidate.isLoadBlocked && !isInMemory(candidate) ? { code: "load-failed", facts: {} } : undefined,
  explain: () => "Loading this model failed on this machine a short while ago",
};
