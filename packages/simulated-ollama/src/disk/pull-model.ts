import { type LibraryModel, renameModel } from "../models/library.ts";
import type { Layer } from "../models/model-layers.ts";
import { fullName, type ModelName } from "../models/model-name.ts";
import { factsOf } from "./blobs.ts";
import { failed, type ProgressStep, progress, transferProgress } from "./progress.ts";
import type { RegistryAnswer } from "./registry.ts";
import type { Storage } from "./storage.ts";

/** What to pull for whom. */
export interface PullWish {
  readonly name: ModelName;
  readonly isInsecure: boolean;
  /** Aborted when the client left: what has come stays, and the next pull begins there. */
  readonly signal: AbortSignal;
}

/** Pulls a model: its files one after the other, then the manifest. The model is listed from then on. */
export async function* pullModel(wish: PullWish, storage: Storage): AsyncGenerator<ProgressStep, void> {
  const invented = storage.invent(wish.name);
  if (invented !== undefined) yield progress(invented.notice);
  const answer = invented ?? storage.registry.manifest(wish.name, wish.isInsecure);
  yield* pullFrom(answer, { ...wish, name: invented?.name ?? wish.name }, storage);
}

async function* pullFrom(answer: RegistryAnswer, wish: PullWish, storage: Storage): AsyncGenerator<ProgressStep, void> {
  const { library, pace } = storage;
  yield progress("pulling manifest");
  if (answer.kind === "failed") return yield failed(`pull model manifest: ${answer.text}`);
  const { model } = answer;
  let freshBytes = 0;
  for (const layer of model.layers) {
    const failure = yield* pullLayer(layer, model, { ...wish, storage });
    if (failure !== undefined && failure !== "present") return yield failed(failure);
    if (failure === undefined) freshBytes += layer.sizeBytes;
  }
  yield progress("verifying sha256 digest");
  await pace.sleep((freshBytes / storage.diskSpeed) * 1000, wish.signal);
  yield progress("writing manifest");
  const replaced = library.find(fullName(wish.name));
  library.put(renameModel(model, wish.name, pace.now()));
  const kept = new Set(model.layers.map(({ digest }) => digest));
  const unused = (replaced?.layers ?? []).filter(({ digest }) => !kept.has(digest));
  if (unused.length > 0) {
    yield progress("removing unused layers");
    storage.blobs.removeUnused(unused, library);
  }
  yield progress("success");
}

/** Returns the text of the failure, or `present` when there was nothing to download. */
async function* pullLayer(
  layer: Layer,
  model: LibraryModel,
  { storage, signal }: PullWish & { readonly storage: Storage },
): AsyncGenerator<ProgressStep, string | undefined> {
  if (storage.blobs.find(layer.digest) !== undefined) {
    yield transferProgress("pulling", layer, layer.sizeBytes);
    return "present";
  }
  const weights = layer.kind === "model" ? factsOf(model) : undefined;
  const bytes = storage.downloads.fetch({ ...layer, weights }, signal);
  try {
    for (;;) {
      const next = await bytes.next();
      if (next.done) return next.value;
      yield transferProgress("pulling", layer, next.value);
    }
  } finally {
    // Whoever stops listening here leaves the download.
    await bytes.return(undefined);
  }
}
