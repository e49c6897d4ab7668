import type { Filter } from "../contracts.ts";

export const alreadyFailed: Filter = {
  name: "already-failed",
  meaning: "An earlier attempt of the same request failed here, so another candidate is tried",
  canYield: false,
  reject: ({ hasFailed }) => (hasFailed ? { code: "already-failed", facts: {} } : undefined),
  explain: () => "An earlier attempt of this request failed here",
};
