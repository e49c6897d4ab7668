/** The routes that list what there is: they answer at once, whatever the models do. */

import { openaiRefusal } from "../dialects/openai-error.ts";
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import { embeddingLength } from "../inference/embedding-length.ts";
import { encodeGo } from "../json/encode-go.ts";
import { toRfc3339Nano } from "../json/go-time.ts";
import { type LibraryModel, modelDetails } from "../models/library.ts";
import type { SimulatedNode } from "../node.ts";
import type { Runner } from "../runners/runner.ts";

/** GET and HEAD /. */
export function rootAnswer(): WholeAnswer {
  return { status: 200, headers: [["Content-Type", "text/plain; charset=utf-8"]], body: "Ollama is running" };
}

/** GET and HEAD /api/version. */
export function versionAnswer(node: SimulatedNode): WholeAnswer {
  return jsonAnswer(200, encodeGo({ version: node.version }));
}

/** GET and HEAD /api/tags. */
export function tagsAnswer(node: SimulatedNode): WholeAnswer {
  const models = node.library.models.map((model) => ({
    name: model.name,
    model: model.name,
    modified_at: model.modifiedAt,
    size: model.sizeBytes,
    digest: model.digest,
    ...listedDetails(model, node),
  }));
  return jsonAnswer(200, encodeGo({ models }));
}

/** GET /api/ps: the one that goes last comes first. */
export function psAnswer(node: SimulatedNode): WholeAnswer {
  const runners = node.scheduler.loaded().toSorted((one, other) => other.expiresAt() - one.expiresAt());
  return jsonAnswer(200, encodeGo({ models: runners.map((runner) => psEntry(runner, node)) }));
}

/** GET /v1/models; `data` is null when there are none. */
export function openaiModelsAnswer(node: SimulatedNode): WholeAnswer {
  const entries = node.library.models.map((model) => openaiEntry(model, model.name));
  return openaiJson({ object: "list", data: entries.length > 0 ? entries : null });
}

/** GET /v1/models/:model; the id is the name as asked for. */
export function openaiModelAnswer(node: SimulatedNode, name: string): WholeAnswer {
  const model = node.library.find(name);
  if (model !== undefined) return openaiJson(openaiEntry(model, name));
  return openaiRefusal({ status: 404, text: `model '${name}' not found`, stage: "route" });
}

/** Newer versions tell more about a model in the list. */
function listedDetails(model: LibraryModel, { features }: SimulatedNode): object {
  const details = modelDetails(model);
  if (!features.listedCapabilities) return { details };
  const lengths = { context_length: model.contextLength, embedding_length: embeddingLength(model) };
  return { details: { ...details, ...lengths }, capabilities: model.capabilities };
}

function psEntry(runner: Runner, { features }: SimulatedNode): object {
  return {
    name: runner.model.name,
    model: runner.model.name,
    size: runner.sizeBytes,
    digest: runner.model.digest,
    details: modelDetails(runner.model),
    expires_at: toRfc3339Nano(runner.expiresAt()),
    size_vram: runner.vramBytes,
    context_length: features.shownContexts ? runner.plan.contextLength : undefined,
  };
}

function openaiEntry(model: LibraryModel, id: string): object {
  const namespace = model.fullName.split("/").at(-2) ?? "library";
  return { id, object: "model", created: model.modifiedAtSeconds, owned_by: namespace };
}

function openaiJson(value: object): WholeAnswer {
  return { status: 200, headers: [["Content-Type", "application/json"]], body: `${encodeGo(value)}\n` };
}
