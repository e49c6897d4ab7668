import { HerdError } from "../domain/errors.ts";
import type { Profile } from "./contracts.ts";

/** Weights of the profile `signals`; penalties are negative. */
const SIGNAL_WEIGHTS = {
  thermal: 50,
  memory_fit: 20,
  queue_depth: -30,
  wait_time: -25,
  role_affinity: 15,
  availability_trend: 10,
  context_fit: 15,
} as const;

/** Ranks by the weighted sum of the signals. */
export const signalsProfile: Profile = { name: "signals", weights: SIGNAL_WEIGHTS };

/**
 * The profile with some weights replaced, as settings give them.
 * @throws HerdError HERD_BAD_SETTING for a signal the profile does not weigh or a weight that is no finite number
 */
export function withWeights(profile: Profile, weights: Readonly<Record<string, number>>): Profile {
  for (const [signal, weight] of Object.entries(weights)) {
    const field = `weights.${signal}`;
    if (!Object.hasOwn(profile.weights, signal)) {
      const names = Object.keys(profile.weights).join(", ");
      throw new HerdError("HERD_BAD_SETTING", `${field}: there is no such signal; the signals are ${names}`, { field });
    }
    if (!Number.isFinite(weight)) {
      throw new HerdError("HERD_BAD_SETTING", `${field}: ${weight} is not a finite number`, { field });
    }
  }
  return { name: profile.name, weights: { ...profile.weights, ...weights } };
}
