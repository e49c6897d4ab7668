/**
 * Upper bounds of the buckets. Those of the `gen_ai` names are the ones that OpenTelemetry's semantic conventions for
 * generative AI advise (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/), so that boards made for them fit.
 */
export const buckets = {
  /** Whole requests, s. */
  duration: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  /** Until the first token, s. */
  firstToken: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  /** Per output token, s. */
  perToken: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  /** Tokens of one request. */
  tokens: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  /** Waiting for a slot, s. */
  wait: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  /** The router's own time, s. */
  own: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
  /** One decision, s. */
  decision: [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05],
  /** Loading a model, s. */
  load: [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600],
} as const;
