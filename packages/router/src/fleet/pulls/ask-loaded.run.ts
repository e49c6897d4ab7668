import type { ModelKey } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { AskBackend } from "../ask-nodes.run.ts";
import type { Registry } from "../registry.ts";

/** A client that unloads a model waits for this at most, ms. */
const ASK_MS = 1_000;

/** Asks a node what it has in memory, and notes what is there no more. What came into memory is told by others. */
export async function askLoaded(registry: Registry, ask: AskBackend, node: NodeSnapshot): Promise<void> {
  const backend = node.backends.find(({ kind }) => kind === "ollama");
  if (backend === undefined) return;
  const answer = await ask({ node: node.nodeId, backend, method: "GET", path: "/api/ps", timeoutMs: ASK_MS });
  const models = (answer as { readonly models?: unknown } | null | undefined)?.models;
  if (!Array.isArray(models)) return;
  const names = models.map((model: { readonly name?: unknown } | null) => model?.name);
  const there = new Set(names.map((name) => (typeof name === "string" ? modelKeyOf(name) : undefined)));
  const believed = [...backend.models.values()].filter(({ loaded }) => loaded !== undefined);
  registry.noteUnloaded(
    node.nodeId,
    new Set<ModelKey>(believed.map(({ key }) => key).filter((key) => !there.has(key))),
  );
}
