import type { Check } from "../check.ts";
import { expansionFindings, servedOf } from "../reading/media-findings.ts";

const LEAST_REQUESTS = 3;
const LEAST_FREE_GB = 4;

/** Machines that could transcribe, too. */
export const sttExpansion: Check = {
  id: "stt_expansion",
  title: "Machines that could transcribe, too",
  meaning:
    "At least 3 transcriptions in 24 hours, and an online node with 4 GiB free has none of the models that made them: information.",
  appliesTo: (facts) => servedOf(facts, "transcribe") >= LEAST_REQUESTS,
  inspect: (facts) =>
    expansionFindings(facts, {
      kind: "transcribe",
      product: "transcription",
      title: "More machines could transcribe",
      leastRequests: LEAST_REQUESTS,
      leastFreeGb: LEAST_FREE_GB,
    }),
};
