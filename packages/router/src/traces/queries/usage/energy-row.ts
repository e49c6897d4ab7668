/** What one node did with one model. */
export interface PairSums {
  readonly node_id: string;
  readonly model: string;
  readonly requests: number;
  /** Tokens of the hours whose energy is known. */
  readonly energy_prompt_tokens: number;
  readonly energy_completion_tokens: number;
  readonly joules: number;
  readonly joules_estimated: number;
  readonly last_seen: number;
}

/** Energy in J, and the part of it that is estimated. */
export interface EnergySums {
  readonly joules: number;
  readonly joules_estimated: number;
}

const JOULES_PER_WH = 3_600;

/** What one node took for one model on one day, as it is told. @param day its beginning, Unix epoch seconds */
export const energyRow = (pair: PairSums, day: number) => ({
  day_bucket: day,
  node_id: pair.node_id,
  model: pair.model,
  ...energyOf(pair),
  ...energyTokens(pair),
});

/** Energy under the names of the API. */
export const energyOf = ({ joules, joules_estimated }: EnergySums) => ({
  joules: rounded(joules),
  wh: whOf(joules),
  is_estimated: joules_estimated > 0,
});

type TokenSums = Pick<PairSums, "joules" | "energy_prompt_tokens" | "energy_completion_tokens">;

/** Tokens, and how many of them a Wh gave; null where no energy is known. */
export function energyTokens({ joules, energy_prompt_tokens, energy_completion_tokens }: TokenSums) {
  const tokens = energy_prompt_tokens + energy_completion_tokens;
  return {
    prompt_tokens: energy_prompt_tokens,
    completion_tokens: energy_completion_tokens,
    tokens,
    tokens_per_wh: joules > 0 ? rounded(tokens / (joules / JOULES_PER_WH)) : null,
  };
}

/** Wh of so many J. */
export const whOf = (joules: number): number => rounded(joules / JOULES_PER_WH);

/** To a thousandth. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
