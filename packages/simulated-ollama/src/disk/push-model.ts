import type { Layer } from "../models/model-layers.ts";
import { fullName, parseModelName } from "../models/model-name.ts";
import { failed, type ProgressStep, progress, transferProgress } from "./progress.ts";
import type { Storage } from "./storage.ts";

/** What to push for whom. */
export interface PushWish {
  /** As sent. */
  readonly name: string;
  readonly isInsecure: boolean;
  readonly signal: AbortSignal;
}

/** How often a client hears of an upload. */
const reportMs = 60;

/** Pushes a model's files one after the other, then the manifest. */
export async function* pushModel(wish: PushWish, storage: Storage): AsyncGenerator<ProgressStep, void> {
  yield progress("retrieving manifest");
  const name = parseModelName(wish.name);
  const model = name && storage.library.find(wish.name);
  if (name === undefined || model === undefined) {
    yield progress("couldn't retrieve manifest");
    return yield failed(name === undefined ? unqualified(wish.name) : missingManifest(fullName(name)));
  }
  for (const layer of model.layers) {
    const failure = storage.registry.pushFailure(name, wish.isInsecure, layer.digest);
    if (failure !== undefined) return yield failed(failure);
    yield* pushLayer(layer, wish, storage);
  }
  yield progress("pushing manifest");
  yield progress("success");
}

async function* pushLayer(layer: Layer, wish: PushWish, storage: Storage): AsyncGenerator<ProgressStep, void> {
  const bytesPerTick = (storage.networkSpeed * reportMs) / 1000;
  for (let sent = bytesPerTick; ; sent += bytesPerTick) {
    await storage.pace.sleep(reportMs, wish.signal);
    yield transferProgress("pushing", layer, Math.min(layer.sizeBytes, Math.floor(sent)));
    if (sent >= layer.sizeBytes) return;
  }
}

function missingManifest(name: string): string {
  return `open /srv/ollama/models/manifests/${name.replace(/:(?=[^:]*$)/, "/")}: no such file or directory`;
}

/** Go's words for a name with a part left empty. */
function unqualified(name: string): string {
  const parts = name.split("/").map((part) => part || "!MISSING!");
  const last = parts.at(-1) ?? "";
  return `unqualified name: ${parts.join("/")}${last.includes(":") ? "" : ":latest"}`;
}
