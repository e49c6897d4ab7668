import type { Filter } from "../contracts.ts";

export const simulated: Filter = {
  name: "simulated",
  meaning: "The machine is one of the demo, which serves callers on the router's own machine only",
  canYield: false,
  reject: ({ node }, { request }) =>
    node.isSimulated && !request.client.isLoopback ? { code: "simulated", facts: {} } : undefined,
  explain: () => "The machine is simulated: the demo serves callers on the router's own machine only",
};
