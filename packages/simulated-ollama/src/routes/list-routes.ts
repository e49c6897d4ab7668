/** The routes that list what there is: they answer at once, whatever the models do. */

import { openaiRefusal } from "../dialects/openai-error.ts";
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
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
    details: modelDetails(model),
  }));
  return jsonAnswer(200, encodeGo({ models }));
}

/** GET /api/ps: the one that goes last comes first. */
export function psAnswer(node: SimulatedNode): WholeAnswer {
  const runners = node.scheduler.loaded().toSorted((one, other) => other.expiresAt() - one.expiresAt());
  return jsonAnswer(200, encodeGo({ models: runners.map(psEntry) }));
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

function psEntry(runner: Runner): object {
  return {
    name: runner.model.name,
    model: runner.model.name,
    size: runner.sizeBytes,
    digest: runner.model.digest,
    details: modelDetails(runner.model),
    expires_at: toRfc3339Nano(runner.expiresAt()),
    size_vram: runner.vramBytes,
    context_length: runner.plan.contextLength,
  };
}

function openaiEntry(model: LibraryModel, id: string): object {
  const namespace = model.fullName.split("/").at(-2) ?? "library";
  return { id, object: "model", created: model.modifiedAtSeconds, owned_by: namespace };
}

function openaiJson(value: object): WholeAnswer {
  return { status: 200, headers: [["Content-Type", "application/json"]], body: `${encodeGo(value)}\n` };
}
