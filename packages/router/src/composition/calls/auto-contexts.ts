import type { ModelKey } from "@herd/shared";
import type { Logger } from "pino";
import { contextUse } from "../../dashboard-api/records/context-use.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Ask } from "../../traces/questions.ts";

/** What contexts are computed from. */
export interface AutoContextSources {
  readonly settings: RouterSettings;
  readonly ask: Ask;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
  readonly log: Logger;
}

/** The context, in tokens, that a model's requests have needed lately; undefined when that is not wanted or not known. */
export type AutoContextOf = (key: ModelKey, promptTokens: number) => number | undefined;

/** The predecessor's span and least number of requests. */
const DAYS = 7;
const LEAST_REQUESTS = 20;
const FRESH_MS = 300_000;
/** A request whose prompt takes more of it than this is left alone: its answer needs room, too. */
const MOST_OF_CONTEXT = 0.75;
const DAY_MS = 86_400_000;

/** Computes anew when it is asked and the last time is a while ago; nobody waits for that. */
export function createAutoContexts({ settings, ask, epochNow, log }: AutoContextSources): AutoContextOf {
  let known: ReadonlyMap<ModelKey, number> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (now: number): Promise<void> => {
    try {
      const sizes = await ask("contextSizes", { from: Math.floor((now - DAYS * DAY_MS) / 1000), now: now / 1000 });
      const often = sizes.filter(({ request_count: count }) => count >= LEAST_REQUESTS);
      known = new Map(
        often.flatMap((one) => {
          const key = modelKeyOf(one.model);
          const use = contextUse(one, { allocated: undefined, override: undefined });
          return key === undefined ? [] : [[key, use.recommended_ctx] as const];
        }),
      );
    } catch (error) {
      log.warn({ exception: error }, "contexts could not be computed");
    }
  };
  return (key, promptTokens) => {
    if (!settings.dynamicNumCtx || !settings.numCtxAutoCalculate) return undefined;
    const now = epochNow();
    if (Math.abs(now - readAt) >= FRESH_MS) {
      readAt = now;
      void read(now);
    }
    const context = known.get(key);
    return context === undefined || promptTokens > context * MOST_OF_CONTEXT ? undefined : context;
  };
}
