import type { AdviceFacts } from "./advice-facts.ts";
import { type Category, categories } from "./catalogue/catalogue.ts";

/** How much is asked of each category, by real requests. */
export interface Demand {
  readonly day: ReadonlyMap<Category, number>;
  readonly week: ReadonlyMap<Category, number>;
  /** What every plan looks for, most wanted first. */
  readonly order: readonly Category[];
  /** Models by requests of a day, most used first; at most ten. */
  readonly topModels: readonly { readonly model: string; readonly requests: number; readonly category: Category }[];
  readonly requests24h: number;
}

/** What a fleet without history is offered: search in documents needs an embedding model, which is small, beside any other. */
const USUAL: readonly Category[] = ["general", "embedding", "coding", "vision", "reasoning", "fast-chat"];
const MOST_TOP_MODELS = 10;

/** Sums up what was used by category: wanted ones first, then the usual ones. */
export function demandOf({ usage, fleet, book }: AdviceFacts): Demand {
  const [day, week] = [new Map<Category, number>(), new Map<Category, number>()];
  const byModel = new Map<string, number>();
  const shown = new Map(
    [...fleet.holders.values()].flatMap(([holder]) => (holder ? [[holder.model.name, holder.model]] : [])),
  );
  const categoryOf = (name: string): Category => book.categoryOf(shown.get(name) ?? { name });
  for (const { model, requests7d, requests24h } of usage.used) {
    const category = categoryOf(model);
    week.set(category, (week.get(category) ?? 0) + requests7d);
    day.set(category, (day.get(category) ?? 0) + requests24h);
    byModel.set(model, (byModel.get(model) ?? 0) + requests24h);
  }
  const wanted = categories.filter((category) => (week.get(category) ?? 0) > 0);
  const topModels = [...byModel]
    .filter(([, requests]) => requests > 0)
    .toSorted(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, MOST_TOP_MODELS)
    .map(([model, requests]) => ({ model, requests, category: categoryOf(model) }));
  return {
    day,
    week,
    order: [...new Set([...wanted.toSorted((one, other) => (week.get(other) ?? 0) - (week.get(one) ?? 0)), ...USUAL])],
    topModels,
    requests24h: [...day.values()].reduce((sum, count) => sum + count, 0),
  };
}
