import type { Filter } from "../contracts.ts";

export const draining: Filter = {
  name: "draining",
  meaning: "The machine finishes its work and takes no more, because it is being stopped or was told to",
  canYield: false,
  reject: ({ node }) => (node.isDraining ? { code: "draining", facts: {} } : undefined),
  explain: () => "The machine is being drained: it finishes its work and takes no more",
};
