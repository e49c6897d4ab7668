import type { ReadUsage } from "../../tap/answer-tap.ts";
import { asObject, parseObject } from "../../tap/record.ts";
import { usageOf } from "../reply-record.ts";

/** Servers that tell the usage before the vectors have it in the beginning that is kept; no text stands around it. */
const EARLY_USAGE = /"usage"\s*:\s*(\{[^{}]*\})/;

/** The cost of embeddings and images, wherever the answer tells it. */
export const readAnswerUsage: ReadUsage = (members, text) => {
  const late = asObject(members["usage"]);
  if (late !== undefined) return usageOf(late);
  const early = EARLY_USAGE.exec(text)?.[1];
  return early === undefined ? undefined : usageOf(parseObject(early));
};
