import type { Refusal } from "../reading/read-result.ts";
import { refuse } from "./refuse.ts";

/** What Ollama says to a number of alternative tokens that it does not give. */
export const judgeTopLogprobs = (count: number): Refusal | undefined =>
  count >= 0 && count <= 20 ? undefined : refuse(400, "top_logprobs must be between 0 and 20");
