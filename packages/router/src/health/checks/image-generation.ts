import type { Check } from "../check.ts";
import { activityFindings, servedOf } from "../reading/media-findings.ts";

/** Pictures that were made. */
export const imageGeneration: Check = {
  id: "image_generation",
  title: "Pictures that were made",
  meaning: "A picture was asked for within 24 hours: information; a warning when one failed within the last hour.",
  appliesTo: (facts) => servedOf(facts, "image") > 0,
  inspect: (facts) => activityFindings(facts, { kind: "image", product: "picture", title: "Pictures are made" }),
};
