import { type AvailableModelFacts, BYTES_PER_GIB, type NodeId } from "@herd/shared";
import type { BackendSnapshot, Holder, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { Capability } from "../domain/request.ts";
import type { Registry } from "./registry.ts";

/** One plain call to a backend; the parsed JSON of a 200, else undefined. Never rejects. */
export type AskBackend = (ask: {
  readonly node: NodeId;
  readonly backend: BackendSnapshot;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  readonly timeoutMs: number;
}) => Promise<unknown>;

/** A client that asks for an unknown model waits for this at most, ms. */
const ASK_MS = 300;
const SHOW_MS = 5_000;

/** Other servers know none of these routes, and their agents tell what they have. */
const ollamaOf = ({ backends }: NodeSnapshot): BackendSnapshot | undefined =>
  backends.find(({ kind }) => kind === "ollama");

/** Asks every node that can be reached for the models of its Ollama, so that a model pulled a moment ago is found. */
export async function askForModels(registry: Registry, ask: AskBackend): Promise<void> {
  const nodes = registry.snapshot().nodes.filter((node) => node.status !== "offline");
  await Promise.all(nodes.map((node) => askNode(registry, ask, { node })));
}

/** Asks one node's Ollama for its models and notes the answer. @param timeoutMs how long it may take. */
export async function askNode(
  registry: Registry,
  ask: AskBackend,
  { node, timeoutMs = ASK_MS }: { readonly node: NodeSnapshot; readonly timeoutMs?: number },
): Promise<void> {
  const backend = ollamaOf(node);
  if (backend === undefined || backend.reachability === "unreachable") return;
  const answer = await ask({ node: node.nodeId, backend, method: "GET", path: "/api/tags", timeoutMs });
  const models = listOf(answer, "models");
  if (models === undefined) return;
  const facts: Record<string, AvailableModelFacts> = {};
  const sizesGb: Record<string, number> = {};
  for (const model of models) {
    const name = textOf(model, "name");
    if (name === undefined) continue;
    const details = objectOf(model["details"]) ?? {};
    facts[name] = {
      digest: textOf(model, "digest"),
      modified_at: textOf(model, "modified_at"),
      format: textOf(details, "format"),
      family: textOf(details, "family"),
      parameter_size: textOf(details, "parameter_size"),
      quantization_level: textOf(details, "quantization_level"),
    };
    const size = model["size"];
    if (typeof size === "number") sizesGb[name] = size / BYTES_PER_GIB;
  }
  registry.noteInventory(node.nodeId, { names: Object.keys(facts), facts, sizesGb });
}

/** Agents of the predecessor leave out what its early versions did not know: the router reads it itself, once. */
export async function readWhatAgentsLeaveOut(registry: Registry, ask: AskBackend): Promise<void> {
  for (const node of registry.snapshot().nodes) {
    const backend = ollamaOf(node);
    if (backend === undefined || node.status === "offline" || backend.reachability === "unreachable") continue;
    if (!node.isLegacy) continue;
    if (backend.version === "") await readVersion({ registry, ask, node, backend });
    const lacksFacts = [...backend.models.values()].some((model) => model.digest === undefined);
    if (lacksFacts) await askNode(registry, ask, { node });
  }
  await readMissingTraits(registry, ask);
}

async function readVersion(reading: {
  readonly registry: Registry;
  readonly ask: AskBackend;
  readonly node: NodeSnapshot;
  readonly backend: BackendSnapshot;
}): Promise<void> {
  const { registry, ask, node, backend } = reading;
  const answer = objectOf(
    await ask({ node: node.nodeId, backend, method: "GET", path: "/api/version", timeoutMs: ASK_MS }),
  );
  const version = answer === undefined ? undefined : textOf(answer, "version");
  if (version !== undefined) registry.noteVersion(node.nodeId, version);
}

/** Reads the capabilities of models whose agent does not report them, once per digest. */
async function readMissingTraits(registry: Registry, ask: AskBackend): Promise<void> {
  for (const holder of [...registry.snapshot().holders.values()].flat()) {
    const { digest, capabilities } = holder.model;
    const isMissing =
      holder.backend.kind === "ollama" &&
      digest !== undefined &&
      capabilities === undefined &&
      !registry.hasTraits(digest);
    const canAsk = holder.node.status !== "offline" && holder.backend.reachability !== "unreachable";
    if (isMissing && canAsk) await readTraits({ registry, ask, holder, digest });
  }
}

async function readTraits(reading: {
  readonly registry: Registry;
  readonly ask: AskBackend;
  readonly holder: Holder;
  readonly digest: string;
}): Promise<void> {
  const { registry, ask, holder, digest } = reading;
  const { node, backend, model } = holder;
  const body = { model: model.name };
  const shown = objectOf(
    await ask({ node: node.nodeId, backend, method: "POST", path: "/api/show", body, timeoutMs: SHOW_MS }),
  );
  const found = shown?.["capabilities"];
  if (!Array.isArray(found)) return;
  registry.noteTraits(digest, { capabilities: found as readonly Capability[], contextMax: contextMaxOf(shown) });
}

function contextMaxOf(shown: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const details = objectOf(shown?.["model_info"]) ?? {};
  const found = Object.entries(details).find(([name]) => name.endsWith(".context_length"))?.[1];
  return typeof found === "number" ? found : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function listOf(value: unknown, name: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  const list = objectOf(value)?.[name];
  return Array.isArray(list) ? list.map(objectOf).filter((entry) => entry !== undefined) : undefined;
}

function textOf(value: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = value[name];
  return typeof text === "string" ? text : undefined;
}
