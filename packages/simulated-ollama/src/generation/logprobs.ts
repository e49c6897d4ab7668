import { fingerprint } from "./random.ts";

/** The odds of one token, in the field order of the wire. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs?: readonly TokenLogprob[];
}

/** Made-up odds that are the same for the same token; `top` of 0 leaves the rivals out. */
export function tokenLogprob(token: string, top: number): TokenLogprob {
  const own = oddsOf(token, 0);
  if (top === 0) return own;
  const rivals = Array.from({ length: top - 1 }, (_, index) => oddsOf(`${token}${index}`, index + 1));
  return { ...own, top_logprobs: [own, ...rivals] };
}

function oddsOf(token: string, rank: number): TokenLogprob {
  const logprob = -(rank * 1.5 + (fingerprint(token) % 1000) / 1000 + 0.000123456);
  return { token, logprob, bytes: [...Buffer.from(token)] };
}
