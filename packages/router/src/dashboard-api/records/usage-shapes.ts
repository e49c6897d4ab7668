import { z } from "zod";

const count = z.int().nonnegative();
const mean = z.number().nullable().describe("Mean, ms; null when no request has the time");
const moment = z.number().describe("Unix epoch seconds");
const bucket = z.int().describe("Beginning of the UTC day, Unix epoch seconds");
const isComplete = z.boolean().describe("false: there is more than one answer holds; ask for a shorter span");

const ends = {
  completed_count: count,
  failed_count: count.describe("Failed before or amid their answer"),
  disconnected_count: count.describe("The client left before the end"),
  no_output_count: count.describe("Completed without a token"),
};
const tokens = { total_prompt_tokens: count, total_completion_tokens: count };
const means = { avg_latency_ms: mean, avg_ttft_ms: mean };
const seen = { first_seen: moment, last_seen: moment };
const counted = {
  start_ts: z.int().describe("Beginning of the first UTC hour that is counted, Unix epoch seconds"),
  end_ts: z.int().describe("End of the last one"),
};

export const overviewShape = z.object({
  total_requests: count,
  ...tokens,
  total_tokens: count,
  models_count: count.describe("Models that ever served a request"),
  ...ends,
  ...means,
  first_seen: moment.nullable(),
  last_seen: moment.nullable(),
});

export const trendsShape = z.object({
  hours: count,
  ...counted,
  data: z.array(
    z.object({
      hour_bucket: z
        .int()
        .describe("Beginning of the UTC hour, Unix epoch seconds; hours without requests are left out"),
      request_count: count,
      ...means,
      ...tokens,
      ...ends,
    }),
  ),
});

export const modelsShape = z.object({
  days: count,
  ...counted,
  daily: z.array(
    z.object({ model_name: z.string(), day_bucket: bucket, request_count: count, ...means, ...tokens, ...ends }),
  ),
  summary: z
    .array(
      z.object({
        model_name: z.string(),
        total_requests: count,
        ...means,
        min_latency_ms: z.number().nullable(),
        max_latency_ms: z.number().nullable(),
        ...tokens,
        tokens_per_s: z.number().nullable().describe("Output tokens per second of decoding; null when not known"),
        ...ends,
        ...seen,
      }),
    )
    .describe("Of the same span, most used first"),
  is_complete: isComplete,
});

export const usageShape = z.object({
  days: count,
  ...counted,
  data: z.array(
    z.object({
      node_id: z.string().describe("Empty for requests that reached no node"),
      model: z.string(),
      day_bucket: bucket,
      request_count: count,
      ...ends,
      ...means,
      ...tokens,
      total_retries: count,
      total_fallbacks: count,
      joules: z.number().describe("Energy that is known"),
      joules_estimated: z.number().describe("The part of it that is estimated"),
    }),
  ),
  is_complete: isComplete,
});

export const tagsShape = z.object({
  days: count,
  ...counted,
  data: z.array(z.object({ tag: z.string(), request_count: count, ...ends, ...means, ...tokens })),
  summary: z.array(z.object({ tag: z.string(), total_requests: count, ...ends, ...means, ...tokens, ...seen })),
  is_complete: isComplete,
});

export const tagDaysShape = z.object({
  days: count,
  ...counted,
  data: z.array(
    z.object({
      tag: z.string(),
      day_bucket: bucket,
      request_count: count,
      avg_latency_ms: mean,
      total_tokens: count,
    }),
  ),
  is_complete: isComplete,
});

const tokenSize = z.number().nonnegative().describe("Tokens, right to 2.5 %");

export const contextUsageShape = z.object({
  days: count,
  models: z.array(
    z.object({
      model: z.string(),
      allocated_ctx: count.describe("Largest context that the model is loaded with now; 0 when it is not loaded"),
      override_ctx: count.nullable().describe("From the setting num_ctx_overrides"),
      request_count: count,
      prompt_tokens: z.object({
        avg: tokenSize,
        p50: tokenSize,
        p75: tokenSize,
        p95: tokenSize,
        p99: tokenSize,
        max: tokenSize,
      }),
      total_tokens: z.object({
        p95: tokenSize,
        p99: tokenSize,
        max: tokenSize,
        max_24h: tokenSize.describe("Of today and yesterday, UTC"),
      }),
      utilization_pct: z.number().describe("p99 of the total in the allocated context; 0 when it is not loaded"),
      recommended_ctx: count.describe(
        "The next power of two above 1.5 times the larger of p99 and max_24h, 4096 at least",
      ),
      savings_pct: z.number().describe("How much smaller that is than what is allocated; 0 when it is not"),
    }),
  ),
});

const recent = z.object({
  request_id: z.string(),
  timestamp: moment,
  model: z.string(),
  node_id: z.string(),
  status: z.string(),
  latency_ms: z.number().nullable(),
  error_message: z.string().nullable(),
});

const kindStats = {
  total: count,
  completed: count,
  failed: count,
  by_node: z.record(z.string(), count),
  by_model: z.record(z.string(), count),
  recent: z.array(recent).describe("The newest ten at most"),
};

export const imageStatsShape = z.object({ ...kindStats, avg_generation_ms: mean });
export const transcriptionStatsShape = z.object({ ...kindStats, avg_processing_ms: mean });
