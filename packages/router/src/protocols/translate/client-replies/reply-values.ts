/** Values that replies of several dialects have in common, as JSON text. */
import { goJsonString } from "../../go-types/go-json.ts";
import { escapeMarkup, goJson, goList, goObject } from "../go-value.ts";
import type { Json, NeutralLogprob, NeutralUsage } from "../neutral.ts";

/** Seconds since the epoch. */
export const secondsText = (now: number): string => String(Math.floor(now / 1000));

/** The text of a call's arguments as a JSON string, escaped inside as well, as Go does; no arguments are an empty object. */
export const argumentsString = (argumentsText: string): string => goJsonString(escapeMarkup(argumentsText || "{}"));

/** Why a reply whose tool calls must carry objects cannot be written. */
export const NO_OBJECT = "the arguments of a tool call are no JSON object";

/** Log probabilities as Ollama lists them; undefined when there are none. */
export const logprobList = (logprobs: readonly NeutralLogprob[] | undefined): string | undefined =>
  logprobs === undefined || logprobs.length === 0 ? undefined : goList(logprobs.map(logprobText));

/** OpenAI's `usage`; zeros where nothing was told. */
export const openaiUsage = (usage: NeutralUsage | undefined): string => {
  const [prompt, output] = [usage?.promptTokens ?? 0, usage?.outputTokens ?? 0];
  return goObject({
    prompt_tokens: String(prompt),
    completion_tokens: String(output),
    total_tokens: String(prompt + output),
  });
};

/** A record of an event stream without a name. */
export const dataRecord = (json: string): string => `data: ${json}\n\n`;

/** A record of an event stream with a name. */
export const namedRecord = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`;

const logprobText = (logprob: NeutralLogprob): string =>
  goObject({ ...tokenMembers(logprob), top_logprobs: othersText(logprob["top_logprobs"]) });

const othersText = (others: Json | undefined): string | undefined => {
  if (!Array.isArray(others) || others.length === 0) return undefined;
  return goList(others.map((other) => goObject(tokenMembers(other as NeutralLogprob))));
};

const tokenMembers = ({ token = "", logprob = 0, bytes }: NeutralLogprob) => ({
  token: goJson(token),
  logprob: goJson(logprob),
  bytes: Array.isArray(bytes) && bytes.length > 0 ? goJson(bytes) : undefined,
});
