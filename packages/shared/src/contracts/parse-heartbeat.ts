import type { z } from "zod";
import { availableModelFacts, loadedModel, ollamaReading } from "./backend-readings.ts";
import { drainNotice, type Heartbeat, heartbeatEssentials, heartbeatExtras } from "./heartbeat.ts";

/** One field of a heartbeat that could not be read. `path` is dotted; `reason` is a short sentence. */
export interface FieldProblem {
  readonly path: string;
  readonly reason: string;
}

/**
 * What a heartbeat body turned out to be: a full report (with the fields that had to be dropped), a drain notice,
 * or refused because of one essential field.
 */
export type ParsedHeartbeat =
  | { readonly kind: "report"; readonly heartbeat: Heartbeat; readonly dropped: readonly FieldProblem[] }
  | { readonly kind: "drain"; readonly nodeId: string }
  | { readonly kind: "refused"; readonly problem: FieldProblem };

/** Reads a heartbeat as tolerantly as is safe: only essential fields refuse it, any other bad field is dropped and named. */
export function parseHeartbeat(body: unknown): ParsedHeartbeat {
  if (!isObject(body)) return { kind: "refused", problem: { path: "(body)", reason: "must be a JSON object" } };
  if (body["draining"] === true) return parseDrain(body);
  const dropped: FieldProblem[] = [];
  const cleaned = { ...body, ollama: cleanOllama(body["ollama"], dropped) };
  const essentials = heartbeatEssentials.safeParse(cleaned);
  if (!essentials.success) return { kind: "refused", problem: firstProblem(essentials.error, "") };
  const extras = keepReadable(heartbeatExtras.shape, body, { prefix: "", dropped });
  return { kind: "report", heartbeat: { ...essentials.data, ...extras } as Heartbeat, dropped };
}

function parseDrain(body: Record<string, unknown>): ParsedHeartbeat {
  const notice = drainNotice.safeParse(body);
  if (notice.success) return { kind: "drain", nodeId: notice.data.node_id };
  return { kind: "refused", problem: firstProblem(notice.error, "") };
}

interface Salvage {
  readonly prefix: string;
  readonly dropped: FieldProblem[];
}

/** Keeps the members of `source` that their schema accepts; the others are named in `dropped`. */
function keepReadable(
  shape: Readonly<Record<string, z.ZodType>>,
  source: Record<string, unknown>,
  { prefix, dropped }: Salvage,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) dropped.push(firstProblem(parsed.error, prefix + name));
    else if (parsed.data !== undefined) kept[name] = parsed.data;
  }
  return kept;
}

/** Drops unreadable members and list entries of `ollama`; anything but an object is left for the schema to refuse. */
function cleanOllama(value: unknown, dropped: FieldProblem[]): unknown {
  if (!isObject(value)) return value;
  const entries = {
    ...value,
    models_loaded: keepEntries(value["models_loaded"], { schema: loadedModel, path: "ollama.models_loaded", dropped }),
    models_available: keepNames(value["models_available"], dropped),
    models_available_meta: keepFacts(value["models_available_meta"], dropped),
  };
  return keepReadable(ollamaReading.shape, entries, { prefix: "ollama.", dropped });
}

interface EntryRule {
  readonly schema: z.ZodType;
  readonly path: string;
  readonly dropped: FieldProblem[];
}

function keepEntries(value: unknown, { schema, path, dropped }: EntryRule): unknown {
  if (!Array.isArray(value)) return value ?? undefined;
  return value.filter((entry, index) => {
    const parsed = schema.safeParse(entry);
    if (!parsed.success) dropped.push(firstProblem(parsed.error, `${path}[${index}]`));
    return parsed.success;
  });
}

function keepNames(value: unknown, dropped: FieldProblem[]): unknown {
  if (!Array.isArray(value)) return value ?? undefined;
  return value.filter((entry, index) => {
    const isName = typeof entry === "string" && entry !== "";
    if (!isName) dropped.push({ path: `ollama.models_available[${index}]`, reason: "must be a model name" });
    return isName;
  });
}

function keepFacts(value: unknown, dropped: FieldProblem[]): unknown {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name, facts]) => {
    const parsed = availableModelFacts.safeParse(facts);
    if (!parsed.success) dropped.push(firstProblem(parsed.error, `ollama.models_available_meta.${name}`));
    return parsed.success;
  });
  return Object.fromEntries(kept);
}

function firstProblem(error: z.ZodError, prefix: string): FieldProblem {
  const issue = error.issues[0];
  const inner = issue === undefined ? "" : issue.path.map(String).join(".");
  const path = [prefix, inner].filter((part) => part !== "").join(".");
  return { path: path === "" ? "(body)" : path, reason: issue?.message ?? "cannot be read" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
