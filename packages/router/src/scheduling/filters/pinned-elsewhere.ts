import type { Filter } from "../contracts.ts";

export const pinnedElsewhere: Filter = {
  name: "pinned-elsewhere",
  meaning: "The request names another machine in `X-Herd-Node`, which callers on the router's own machine may",
  canYield: false,
  reject: ({ node }, { request }) =>
    request.pinnedNode === undefined || request.pinnedNode === node.nodeId
      ? undefined
      : { code: "pinned-elsewhere", facts: {} },
  explain: () => "The request is for another machine: it names that one in X-Herd-Node",
};
