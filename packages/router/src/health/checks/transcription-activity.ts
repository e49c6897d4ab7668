import type { Check } from "../check.ts";
import { activityFindings, servedOf } from "../reading/media-findings.ts";

/** Recordings that were written down. */
export const transcriptionActivity: Check = {
  id: "transcription_activity",
  title: "Recordings that were written down",
  meaning:
    "A transcription was asked for within 24 hours: information; a warning when one failed within the last hour.",
  appliesTo: (facts) => servedOf(facts, "transcribe") > 0,
  inspect: (facts) =>
    activityFindings(facts, { kind: "transcribe", product: "transcription", title: "Recordings are written down" }),
};
