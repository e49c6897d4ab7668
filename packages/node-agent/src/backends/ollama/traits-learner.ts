import { type ModelTraits, tellsTraits, traitsOfShow } from "./model-facts.ts";
import type { OllamaCalls } from "./ollama-calls.ts";
import type { StoredEntry } from "./ollama-wire.ts";

/** What learning traits needs. */
export interface TraitsDependencies {
  readonly calls: Pick<OllamaCalls, "show">;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  readonly onLearned: () => void;
  readonly onTrouble: (sentence: string, error: unknown) => void;
}

/** What `/api/show` told, by digest; each digest is asked once, one model at a time. */
export interface TraitsLearner {
  of(digest: string): ModelTraits | undefined;
  /** Learns in the background what is not known yet of these models. */
  learn(stored: readonly StoredEntry[]): void;
  close(): void;
}

/** A model that could not be read is asked again after this time. */
const RETRY_AFTER_MS = 60_000;

/** Builds a learner that knows nothing yet. */
export function createTraitsLearner({ calls, monotonic, onLearned, onTrouble }: TraitsDependencies): TraitsLearner {
  const known = new Map<string, ModelTraits>();
  const retryAt = new Map<string, number>();
  let wanted: readonly StoredEntry[] = [];
  let isLearning = false;

  const isUnknown = (entry: StoredEntry): entry is StoredEntry & { digest: string } =>
    entry.digest !== undefined &&
    !known.has(entry.digest) &&
    !tellsTraits(entry) &&
    (retryAt.get(entry.digest) ?? 0) <= monotonic();
  const learnOne = async ({ name, digest }: { readonly name: string; readonly digest: string }): Promise<void> => {
    try {
      known.set(digest, traitsOfShow(await calls.show(name)));
      onLearned();
    } catch (error) {
      retryAt.set(digest, monotonic() + RETRY_AFTER_MS);
      if (wanted.length > 0) onTrouble(`The capabilities of ${name} could not be read`, error);
    }
  };
  const learnAll = async (): Promise<void> => {
    if (isLearning) return;
    isLearning = true;
    for (let next = wanted.find(isUnknown); next !== undefined; next = wanted.find(isUnknown)) await learnOne(next);
    isLearning = false;
  };
  return {
    of: (digest) => known.get(digest),
    learn: (stored) => {
      wanted = stored;
      void learnAll();
    },
    close: () => {
      wanted = [];
    },
  };
}
