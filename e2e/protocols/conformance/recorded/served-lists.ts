import { createHash } from "node:crypto";
import { bodyOf } from "../wire/message.ts";
import type { RecordedExchange } from "./recorded-exchange.ts";

/** What a node says of its models: the bodies of its lists, by path. */
export type ServedLists = Readonly<Record<string, object>>;

interface Entry {
  readonly name: string;
  readonly [member: string]: unknown;
}

const details = {
  parent_model: "",
  format: "gguf",
  family: "llama",
  families: ["llama"],
  parameter_size: "134.52M",
  quantization_level: "Q4_1",
};
const version = { version: "0.24.0" };

/** Times that have not come yet, so that a recorded model is not taken for one that is leaving; the first is the last to come. */
const later = (index: number): string => `2318-01-01T00:${String(59 - index).padStart(2, "0")}:00.123456789Z`;

/** A node that has these models in memory. */
export function listsOf(names: readonly string[]): ServedLists {
  const models = names.map((name) => onDisk({ name }));
  const loaded = models.map((model) => ({ ...model, size_vram: 0, context_length: 8192, expires_at: later(0) }));
  return { "/api/tags": { models }, "/api/ps": { models: loaded }, "/api/version": version };
}

/** The lists of the node that gave a recorded list; undefined when the recording is none. */
export function recordedLists({ request, answer }: RecordedExchange): ServedLists | undefined {
  const path = request.path.split("?")[0];
  if (request.method !== "GET" || answer.status !== 200) return undefined;
  const parsed =
    path === "/api/tags" || path === "/api/ps" || path === "/v1/models" ? bodyOf(answer).toString("utf8") : undefined;
  if (parsed === undefined) return undefined;
  const list = JSON.parse(parsed) as { models?: readonly Entry[]; data?: readonly ModelEntry[] | null };
  if (path === "/api/ps") {
    const loaded = (list.models ?? []).map((entry, index) => ({ ...entry, expires_at: later(index) }));
    return { "/api/tags": { models: loaded.map(onDisk) }, "/api/ps": { models: loaded }, "/api/version": version };
  }
  const models = list.models ?? (list.data ?? []).map(fromModelEntry);
  return { "/api/tags": { models }, "/api/ps": { models: [] }, "/api/version": version };
}

interface ModelEntry {
  readonly id: string;
  readonly created: number;
}

const fromModelEntry = ({ id, created }: ModelEntry): Entry =>
  onDisk({ name: id, modified_at: new Date(created * 1000).toISOString() });

function onDisk(entry: Entry): Entry {
  const { name } = entry;
  const digest = createHash("sha256").update(name).digest("hex");
  return { model: name, modified_at: "2026-11-22T13:00:00.123456789Z", size: 98_363_007, digest, details, ...entry };
}
