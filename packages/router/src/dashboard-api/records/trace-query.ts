import { type TraceStatus, traceStatus } from "@herd/shared";
import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";

const name = z.string().min(1).max(512).optional();
const moment = z.coerce.number().min(0).max(9_999_999_999).optional();
const milliseconds = z.coerce.number().min(0).max(1e9).optional();
const flag = z
  .enum(["true", "false", "1", "0"])
  .optional()
  .transform((text) => text === "true" || text === "1");

/** `GET /dashboard/api/traces`. */
export const traceQuery = z
  .strictObject({
    limit: z.coerce.number().int().min(1).max(1000).default(50),
    model: name.describe("Model that served; a name without a tag is that of :latest"),
    original_model: name.describe("Model that was asked for"),
    node_id: name,
    status: z
      .string()
      .max(200)
      .transform((text) => text.split(",").map((one) => one.trim()))
      .pipe(z.array(traceStatus))
      .optional()
      .describe("One, or several with commas: completed, no_output, failed, incomplete, client_disconnected, retried"),
    tag: name,
    kind: name.describe("chat, generate, embed, transcribe, image …"),
    endpoint: name.describe("Path that was called"),
    dialect: z.enum(["ollama", "openai", "anthropic"]).optional(),
    error_code: name.describe("Code of the catalogue"),
    traffic: z.enum(["all", "real", "demo", "benchmark", "briefing"]).default("all").describe("What the work was for"),
    min_latency_ms: milliseconds,
    min_queue_ms: milliseconds,
    since: moment.describe("Ended at or after this, Unix epoch seconds"),
    until: moment.describe("Ended before this, Unix epoch seconds"),
    request_id: z
      .string()
      .regex(/^[\w.-]{1,64}$/)
      .optional()
      .describe("Beginning of the id"),
    slow: flag.describe("true: only those that took 30 s, or 10 s until their first byte"),
    failed: flag.describe("true: only those that failed before or amid their answer"),
    cursor: z
      .string()
      .regex(/^[\w-]{1,120}$/)
      .optional()
      .describe("next of the answer before, with the same filters"),
  })
  .superRefine(({ status, failed, since, until }, context) => {
    if (failed && status !== undefined)
      context.addIssue({ code: "custom", path: ["failed"], message: "goes without status" });
    if (since !== undefined && until !== undefined && until <= since)
      context.addIssue({ code: "custom", path: ["until"], message: "must be after since" });
  });

/** A place in the order of ends. */
interface Place {
  readonly timestamp: number;
  readonly id: number;
}

/** What is wanted of the stored requests. */
export interface TraceSearch {
  readonly limit: number;
  readonly withSimulated: boolean;
  readonly after: Place | undefined;
  readonly model: string | undefined;
  readonly originalModel: string | undefined;
  readonly nodeId: string | undefined;
  readonly statuses: readonly TraceStatus[] | undefined;
  readonly tag: string | undefined;
  readonly kind: string | undefined;
  readonly endpoint: string | undefined;
  readonly dialect: string | undefined;
  readonly errorCode: string | undefined;
  readonly traffic: "all" | "real" | "demo" | "benchmark" | "briefing";
  readonly minLatencyMs: number | undefined;
  readonly minQueueMs: number | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly requestId: string | undefined;
  readonly isSlow: boolean;
}

/** The search of a query. @throws HerdError HERD_BAD_REQUEST for a cursor that is none */
export function searchOf(query: z.output<typeof traceQuery>, withSimulated: boolean): TraceSearch {
  return {
    limit: query.limit,
    withSimulated,
    after: query.cursor === undefined ? undefined : placeOf(query.cursor),
    model: query.model,
    originalModel: query.original_model,
    nodeId: query.node_id,
    statuses: query.failed ? ["failed", "incomplete"] : query.status,
    tag: query.tag,
    kind: query.kind,
    endpoint: query.endpoint,
    dialect: query.dialect,
    errorCode: query.error_code,
    traffic: query.traffic,
    minLatencyMs: query.min_latency_ms,
    minQueueMs: query.min_queue_ms,
    since: query.since,
    until: query.until,
    requestId: query.request_id,
    isSlow: query.slow,
  };
}

const place = z.tuple([z.number(), z.int().nonnegative()]);

function placeOf(cursor: string): Place {
  const read = place.safeParse(listOf(cursor));
  if (!read.success) throw new HerdError("HERD_BAD_REQUEST", "cursor: is none that was given out", { field: "cursor" });
  const [timestamp, id] = read.data;
  return { timestamp, id };
}

function listOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown;
  } catch {
    // What cannot be read is told to the caller as such.
    return undefined;
  }
}
