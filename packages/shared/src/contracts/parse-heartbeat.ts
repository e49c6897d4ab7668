import { availableModelFacts, backendReading, loadedModel, ollamaReading, servedModel } from "./backend-readings.ts";
import { drainNotice, type Heartbeat, heartbeatEssentials, heartbeatExtras } from "./heartbeat.ts";
import { type FieldProblem, firstProblem, isJsonObject, keepEntries, keepNames, keepReadable } from "./salvage.ts";

export type { FieldProblem } from "./salvage.ts";

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
  if (!isJsonObject(body)) return { kind: "refused", problem: { path: "(body)", reason: "must be a JSON object" } };
  if (body["draining"] === true) return parseDrain(body);
  const dropped: FieldProblem[] = [];
  const cleaned = { ...body, ollama: cleanOllama(body["ollama"], dropped) };
  const essentials = heartbeatEssentials.safeParse(cleaned);
  if (!essentials.success) return { kind: "refused", problem: firstProblem(essentials.error, "") };
  const others = { ...body, backends: cleanBackends(body["backends"], dropped) };
  const extras = keepReadable(heartbeatExtras.shape, others, { prefix: "", dropped });
  return { kind: "report", heartbeat: { ...essentials.data, ...extras } as Heartbeat, dropped };
}

function parseDrain(body: Record<string, unknown>): ParsedHeartbeat {
  const notice = drainNotice.safeParse(body);
  if (notice.success) return { kind: "drain", nodeId: notice.data.node_id };
  return { kind: "refused", problem: firstProblem(notice.error, "") };
}

/** Drops unreadable members and list entries of `ollama`; anything but an object is left for the schema to refuse. */
function cleanOllama(value: unknown, dropped: FieldProblem[]): unknown {
  if (!isJsonObject(value)) return value;
  const entries = {
    ...value,
    models_loaded: keepEntries(value["models_loaded"], { schema: loadedModel, path: "ollama.models_loaded", dropped }),
    models_available: keepNames(value["models_available"], { path: "ollama.models_available", dropped }),
    models_available_meta: keepFacts(value["models_available_meta"], dropped),
  };
  return keepReadable(ollamaReading.shape, entries, { prefix: "ollama.", dropped });
}

function keepFacts(value: unknown, dropped: FieldProblem[]): unknown {
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name, facts]) => {
    const parsed = availableModelFacts.safeParse(facts);
    if (!parsed.success) dropped.push(firstProblem(parsed.error, `ollama.models_available_meta.${name}`));
    return parsed.success;
  });
  return Object.fromEntries(kept);
}

/** Drops what cannot be read of each backend, and a backend whole when its kind or path cannot, or is another's. */
function cleanBackends(value: unknown, dropped: FieldProblem[]): unknown {
  if (!Array.isArray(value)) return value;
  const seen = new Set<string>();
  return value.flatMap((entry, index) => {
    const path = `backends[${index}]`;
    const parsed = backendReading.safeParse(cleanBackend(entry, { path, dropped }));
    if (!parsed.success) return [];
    const isRepeated = seen.has(parsed.data.path);
    if (isRepeated) dropped.push({ path: `${path}.path`, reason: "another backend has the same" });
    seen.add(parsed.data.path);
    return isRepeated ? [] : [parsed.data];
  });
}

function cleanBackend(
  entry: unknown,
  { path, dropped }: { readonly path: string; readonly dropped: FieldProblem[] },
): unknown {
  if (!isJsonObject(entry)) {
    dropped.push({ path, reason: "must be an object" });
    return undefined;
  }
  const lists = {
    ...entry,
    models: keepNames(entry["models"], { path: `${path}.models`, dropped }),
    served: keepEntries(entry["served"], { schema: servedModel, path: `${path}.served`, dropped }),
  };
  return keepReadable(backendReading.shape, lists, { prefix: `${path}.`, dropped });
}
