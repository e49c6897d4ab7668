import type { Check } from "../check.ts";
import { expansionFindings, servedOf } from "../reading/media-findings.ts";

const LEAST_REQUESTS = 3;
const LEAST_FREE_GB = 8;

/** Machines that could make pictures, too. */
export const mfluxExpansion: Check = {
  id: "mflux_expansion",
  title: "Machines that could make pictures, too",
  meaning:
    "At least 3 pictures in 24 hours, and an online node with 8 GiB free has none of the models that made them: information.",
  appliesTo: (facts) => servedOf(facts, "image") >= LEAST_REQUESTS,
  inspect: (facts) =>
    expansionFindings(facts, {
      kind: "image",
      product: "picture",
      title: "More machines could make pictures",
      leastRequests: LEAST_REQUESTS,
      leastFreeGb: LEAST_FREE_GB,
    }),
};
