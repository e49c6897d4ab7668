import { decision, traceView } from "@herd/shared";
import { z } from "zod";

export const tracesShape = z.object({
  traces: z.array(traceView).describe("Newest first"),
  next: z.string().nullable().describe("cursor of the next page; null when there is none"),
  is_complete: z.boolean().describe("false: there may be more, also when this page is not full; go on with next"),
  scanned: z.int().nonnegative().describe("Stored requests that were gone through"),
});

const decided = z.object({ node_id: z.string(), model: z.string(), total: z.number() });

const attempt = z.object({
  attempt: z.int().positive(),
  node_id: z.string(),
  backend: z.string().nullable(),
  model: z.string(),
  started_at: z.number().describe("Dispatch, Unix epoch seconds"),
  ended_ms: z.number().nullable().describe("Dispatch to its end"),
  first_byte_ms: z.number().nullable().describe("Dispatch to the first body byte"),
  http_status: z.int().nullable(),
  failure_class: z.string().nullable(),
  error_message: z.string().nullable(),
  decision: z
    .object({
      profile: z.string(),
      winner: decided.nullable(),
      runner_up: decided.nullable(),
      ranked: z.int(),
      rejected: z.record(z.string(), z.number()),
    })
    .nullable()
    .describe("The short form that is stored with the attempt"),
});

const segment = z.object({
  name: z
    .enum(["router", "queue", "attempt", "connect", "load", "prefill", "decode", "stream"])
    .describe("connect: until the node worked on it; the last five are parts of an attempt"),
  attempt: z.int().positive().nullable().describe("The attempt that it belongs to, or leads to"),
  node_id: z.string().nullable(),
  is_part: z.boolean().describe("It lies within its attempt"),
  start_ms: z.number().describe("From the request's arrival"),
  duration_ms: z.number(),
});

export const traceShape = z.object({
  trace: traceView,
  attempts: z.array(attempt).describe("In the order in which they were made"),
  waterfall: z.object({
    arrived_at: z.number().describe("Unix epoch seconds"),
    total_ms: z.number(),
    segments: z.array(segment).describe("Those that are no part follow one another without a gap and make up total_ms"),
  }),
  why: z
    .array(z.object({ attempt: z.int().positive(), sentences: z.array(z.string()) }))
    .describe("Why each attempt went where it went, in words"),
  decisions: z
    .array(decision)
    .nullable()
    .describe("Every candidate of each attempt; null once they are not kept any more (setting decisions_kept)"),
});

/** One attempt as stored. */
export type StoredAttempt = z.output<typeof attempt>;
/** A stretch of a request's time. */
export type Segment = z.output<typeof segment>;
/** Where a request's time went. */
export type Waterfall = z.output<typeof traceShape>["waterfall"];
/** Why an attempt went where it went. */
export type AttemptReason = z.output<typeof traceShape>["why"][number];
