import { ollamaRefusal } from "../../dialects/ollama-refusal.ts";
import type { WholeAnswer } from "../../http/answer.ts";

/** A refusal by the route itself: 400 unless another status is given. */
export function badRequest(text: string, status = 400): WholeAnswer {
  return ollamaRefusal({ status, text, stage: "route" });
}
