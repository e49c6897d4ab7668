import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { settingsCommand } from "../reading/commands.ts";
import { holdersOf } from "../reading/real-models.ts";
import { wishedContext } from "../reading/wished-context.ts";
import { listed, percent, rounded } from "../reading/wording.ts";

/** Loaded context against what 99 % of the requests need. */
const WASTE_RATIO = 4;
const GROSS_RATIO = 8;
const LEAST_REQUESTS = 10;

/** Models loaded with far more context than is used. */
export const contextWaste: Check = {
  id: "context_waste",
  title: "Context that is loaded and not used",
  meaning:
    "A loaded model with at least 10 requests in seven days has over 4 times the context of 99 % of them, and more than 4,096 tokens: information; over 8 times: a warning.",
  appliesTo: ({ traffic }) => (traffic.contexts ?? []).length > 0,
  inspect: (facts) => {
    const wasteful = wastefulModels(facts);
    return wasteful.length === 0 ? [] : [findingOf(facts, wasteful)];
  },
};

interface Wasteful {
  readonly model: string;
  readonly allocated: number;
  readonly total_p99: number;
  readonly ratio: number;
  readonly recommended: number;
  readonly savings_pct: number;
  readonly requests: number;
}

function wastefulModels(facts: HealthFacts): readonly Wasteful[] {
  return (facts.traffic.contexts ?? []).flatMap(({ model, requests, totalP99 }) => {
    const contexts = holdersOf(facts.fleet, model).map((holder) => holder.model.loaded?.contextLength ?? 0);
    const allocated = Math.max(0, ...contexts);
    const recommended = wishedContext(facts, model);
    const ratio = rounded(allocated / Math.max(1, totalP99));
    if (requests < LEAST_REQUESTS || ratio <= WASTE_RATIO || allocated <= recommended) return [];
    const savings = percent(allocated - recommended, allocated);
    return [{ model, allocated, total_p99: totalP99, ratio, recommended, savings_pct: savings, requests }];
  });
}

function findingOf({ traffic }: HealthFacts, wasteful: readonly Wasteful[]): Finding {
  const overrides = Object.fromEntries(wasteful.map(({ model, recommended }) => [model, recommended]));
  const [worst] = wasteful.toSorted((one, other) => other.ratio - one.ratio);
  return {
    severity: wasteful.some(({ ratio }) => ratio > GROSS_RATIO) ? "warning" : "info",
    nodeId: undefined,
    subject: "",
    title: "Models are loaded with more context than is used",
    description: `${listed(wasteful.map(({ model }) => model))}: 99 % of the requests for ${worst?.model ?? ""} need ${worst?.total_p99 ?? 0} tokens of the ${worst?.allocated ?? 0} that are loaded.`,
    why: "Memory for a context is taken when the model is loaded, whether it is used or not; another model could be kept in it.",
    fix: "Let requests that name no context get a smaller one; each model is loaded anew with it once.",
    command: settingsCommand(traffic.settings, {
      dynamic_num_ctx: true,
      num_ctx_overrides: { ...traffic.settings?.numCtxOverrides, ...overrides },
    }),
    details: { wasteful_models: wasteful },
  };
}
