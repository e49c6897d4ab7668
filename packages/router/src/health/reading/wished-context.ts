import type { HealthFacts } from "../facts.ts";
import { isSameModel } from "./real-models.ts";

/** The least that is worth asking for: Ollama's default where memory is small, tokens. */
const LEAST_CONTEXT = 4096;
/** Room above the longest requests. */
const HEADROOM = 1.5;

/** A context that holds 99 % of a model's requests with half as much again, a power of two, tokens; 4,096 at least. */
export function wishedContext({ traffic }: HealthFacts, model: string): number {
  const used = traffic.contexts?.filter((one) => isSameModel(one.model, model)).map(({ totalP99 }) => totalP99) ?? [];
  const wished = HEADROOM * Math.max(0, ...used.filter(Number.isFinite));
  return Math.max(LEAST_CONTEXT, 2 ** Math.ceil(Math.log2(Math.max(1, wished))));
}
