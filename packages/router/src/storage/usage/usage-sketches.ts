import { addSketch, bucketOf, type Sketch } from "../../domain/sketch.ts";
import { parseJson } from "../parse-json.ts";
import type { UsageFacts } from "./usage-row.ts";

/** Distributions of a cell of `usage_sketches`, by measure. */
export type Sketches = Record<string, Record<string, number>>;

/** Counts one request: how long it waited, and for a completed one everything that it measured. */
export function sketchRequest(into: Sketches, facts: UsageFacts): void {
  count(into, "queue_wait_ms", facts.queueWaitMs);
  if (facts.end !== "completed") return;
  const { promptTokens, completionTokens } = facts;
  count(into, "latency_ms", facts.latencyMs);
  count(into, "ttft_ms", facts.ttftMs);
  count(into, "prompt_tokens", promptTokens);
  if (promptTokens !== undefined) count(into, "total_tokens", promptTokens + (completionTokens ?? 0));
  count(into, "tokens_per_s", facts.tokensPerS);
}

function count(into: Sketches, measure: string, value: number | undefined): void {
  if (value === undefined) return;
  const bucket = bucketOf(value);
  let sketch = into[measure];
  if (sketch === undefined) {
    sketch = {};
    into[measure] = sketch;
  }
  sketch[bucket] = (sketch[bucket] ?? 0) + 1;
}

/** The stored distributions with these added, as they are stored. What cannot be read is begun anew. */
export function mergedSketches(stored: string | undefined, added: Sketches): string {
  const merged = readSketches(stored ?? null);
  for (const measure in added) {
    const into = merged[measure] ?? {};
    addSketch(into, added[measure] ?? {});
    merged[measure] = into;
  }
  return JSON.stringify(merged);
}

/** Distributions as stored, by measure; entries that are none are left out. */
export function readSketches(json: string | null): Sketches {
  const stored = parseJson(json);
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return {};
  return Object.fromEntries(
    Object.entries(stored).filter((entry): entry is [string, Record<string, number>] => isSketch(entry[1])),
  );
}

function isSketch(value: unknown): value is Sketch {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((count) => typeof count === "number");
}
