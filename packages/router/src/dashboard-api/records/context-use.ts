/** Token sizes of a model's completed requests. */
export interface ContextSizes {
  readonly model: string;
  readonly request_count: number;
  readonly prompt_tokens: Readonly<Record<string, number>>;
  readonly total_tokens: { readonly p99: number; readonly max_24h: number };
}

/** Contexts of a model now, tokens. */
export interface ModelContext {
  /** Largest that it is loaded with; undefined when it is not loaded. */
  readonly allocated: number | undefined;
  /** Told by the operator. */
  readonly override: number | undefined;
}

const LEAST_CONTEXT = 4096;
/** Room beyond what was needed, so that one longer request does not reload the model. */
const HEADROOM = 1.5;

/** What a model's requests take of its context, and which context would do (the predecessor's formula). */
export function contextUse<Sizes extends ContextSizes>(sizes: Sizes, { allocated = 0, override }: ModelContext) {
  const { p99, max_24h } = sizes.total_tokens;
  const needed = HEADROOM * Math.max(p99, max_24h);
  const recommended = Math.max(LEAST_CONTEXT, 2 ** Math.ceil(Math.log2(Math.max(1, needed))));
  return {
    ...sizes,
    allocated_ctx: allocated,
    override_ctx: override ?? null,
    utilization_pct: allocated === 0 ? 0 : share(p99, allocated),
    recommended_ctx: recommended,
    savings_pct: allocated > recommended ? share(allocated - recommended, allocated) : 0,
  };
}

/** Percent with one decimal. */
const share = (part: number, whole: number): number => Math.round((part / whole) * 1000) / 10;
