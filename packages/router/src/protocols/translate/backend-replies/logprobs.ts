import { asNumber, asObject, asText } from "../../tap/record.ts";
import type { Json, NeutralLogprob } from "../neutral.ts";

type Parsed = Readonly<Record<string, unknown>>;

/**
 * The log probabilities of a choice in OpenAI's present form, or in that of its plain completions (four lists side by
 * side, which vLLM still writes). `top`: how many others were asked for; servers give more than that.
 */
export const logprobsOf = (value: unknown, top: number): readonly NeutralLogprob[] | undefined => {
  const logprobs = asObject(value);
  if (logprobs === undefined) return undefined;
  const entries = Array.isArray(logprobs["content"]) ? modern(logprobs["content"], top) : legacy(logprobs, top);
  return entries.length === 0 ? undefined : entries;
};

/** A list in the form that Ollama and OpenAI share, as it is. */
export const nativeLogprobsOf = (value: unknown): readonly NeutralLogprob[] | undefined => {
  const entries = Array.isArray(value) ? value.filter((entry) => asObject(entry) !== undefined) : [];
  return entries.length === 0 ? undefined : (entries as readonly NeutralLogprob[]);
};

/** Entries without the token's text tell nobody anything and are left out. */
const modern = (entries: readonly unknown[], top: number): readonly NeutralLogprob[] =>
  entries.flatMap((value) => {
    const entry = asObject(value);
    const own = entry === undefined ? undefined : tokenOf(entry);
    if (entry === undefined || own === undefined) return [];
    const others = Array.isArray(entry["top_logprobs"]) ? entry["top_logprobs"].slice(0, top) : [];
    return [withOthers(own, others.map((other) => tokenOf(asObject(other) ?? {})).filter(isTold))];
  });

const tokenOf = (entry: Parsed): NeutralLogprob | undefined => {
  const token = asText(entry["token"]);
  const logprob = asNumber(entry["logprob"]);
  if (token === undefined || logprob === undefined) return undefined;
  return { token, logprob, ...(Array.isArray(entry["bytes"]) ? { bytes: entry["bytes"] as Json } : {}) };
};

const legacy = (logprobs: Parsed, top: number): readonly NeutralLogprob[] => {
  const tokens = listOf(logprobs["tokens"]);
  const odds = listOf(logprobs["token_logprobs"]);
  const others = listOf(logprobs["top_logprobs"]);
  return tokens.flatMap((token, index) => {
    const own = tokenOf({ token, logprob: odds[index] });
    if (own === undefined) return [];
    const rivals = Object.entries(asObject(others[index]) ?? {}).slice(0, top);
    return [withOthers(own, rivals.map(([name, logprob]) => tokenOf({ token: name, logprob })).filter(isTold))];
  });
};

const withOthers = (own: NeutralLogprob, others: readonly NeutralLogprob[]): NeutralLogprob =>
  others.length === 0 ? own : { ...own, top_logprobs: others };

const isTold = (entry: NeutralLogprob | undefined): entry is NeutralLogprob => entry !== undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
