/** Where a created model gets its weights from: another model, which is pulled if need be, or uploaded files. */
import type { LibraryModel } from "../models/library.ts";
import { type Layer, sha256 } from "../models/model-layers.ts";
import { parseModelName } from "../models/model-name.ts";
import type { SimulatedModel } from "../options.ts";
import { type Blob, blobPath, digestDigits, factsOf, type WeightFacts } from "./blobs.ts";
import { failed, type ProgressStep, progress } from "./progress.ts";
import { pullModel } from "./pull-model.ts";
import type { Storage } from "./storage.ts";

/** What a created model begins with. */
export interface BaseModel {
  readonly weights: Layer;
  readonly facts: WeightFacts;
  /** The model whose texts are taken over, where no other ones are given. */
  readonly inherited: LibraryModel | undefined;
}

/** What to begin with. */
export interface BaseWish {
  readonly from: string;
  /** Digests by file name. */
  readonly files: ReadonlyMap<string, string> | undefined;
  readonly signal: AbortSignal;
}

/** Finds the base; `undefined` when a `failed` step said why there is none. */
export async function* findBase(wish: BaseWish, storage: Storage): AsyncGenerator<ProgressStep, BaseModel | undefined> {
  if (wish.from !== "") return yield* fromModel(wish, storage);
  if (wish.files === undefined) {
    yield failed("neither 'from' or 'files' was specified", 400);
    return undefined;
  }
  return yield* fromFiles(wish.files, storage);
}

async function* fromModel(wish: BaseWish, storage: Storage): AsyncGenerator<ProgressStep, BaseModel | undefined> {
  const name = parseModelName(wish.from);
  if (name === undefined) {
    yield failed("invalid model name", 400);
    return undefined;
  }
  if (storage.library.find(wish.from) === undefined) {
    for await (const step of pullModel({ name, isInsecure: false, signal: wish.signal }, storage)) {
      yield step;
      if (step.kind === "failed") return undefined;
    }
  }
  const model = storage.library.find(wish.from);
  const weights = model?.layers.find(({ kind }) => kind === "model");
  if (model === undefined || weights === undefined) throw new Error(`${wish.from} was pulled and is not there`);
  return { weights: { ...weights, from: model.name }, facts: factsOf(model), inherited: model };
}

type Files = ReadonlyMap<string, string>;

async function* fromFiles(files: Files, storage: Storage): AsyncGenerator<ProgressStep, BaseModel | undefined> {
  const type = detectType(files, storage);
  if (type === undefined) {
    yield failed("unknown type", 400);
    return undefined;
  }
  yield progress(type === "gguf" ? "parsing GGUF" : "converting model");
  const blobs = [...files.values()].map((digest) => storage.blobs.find(digestDigits(digest) ?? ""));
  const problem = fileProblem(files, blobs, type);
  if (problem !== undefined) {
    yield problem;
    return undefined;
  }
  const sizeBytes = blobs.reduce((total, blob) => total + (blob?.sizeBytes ?? 0), 0);
  const uploaded = digestDigits([...files.values()].at(-1) ?? "") ?? "";
  const digest = type === "gguf" ? uploaded : sha256([...files.values()].join());
  const facts = blobs.at(-1)?.weights ?? tensorFacts(sizeBytes);
  return { weights: { kind: "model", digest, sizeBytes }, facts, inherited: undefined };
}

/** The file names decide, and only without any hint in them what is in the files. */
function detectType(files: Files, storage: Storage): "gguf" | "safetensors" | undefined {
  for (const [name, digest] of files) {
    if (name.endsWith(".safetensors")) return "safetensors";
    if (name.endsWith(".gguf")) return "gguf";
    if (storage.blobs.find(digestDigits(digest) ?? "")?.weights !== undefined) return "gguf";
  }
  return undefined;
}

/** Adapters of weights, as layers; `undefined` when a `failed` step said what is wrong with them. */
export async function* findAdapters(
  files: Files | undefined,
  storage: Storage,
): AsyncGenerator<ProgressStep, SimulatedModel["adapters"] | undefined> {
  const adapters: { digest: string; sizeBytes: number }[] = [];
  for (const [name, digest] of files ?? []) {
    yield progress(name.endsWith(".safetensors") ? "converting adapter" : "parsing GGUF");
    const digits = digestDigits(digest) ?? "";
    const blob = storage.blobs.find(digits);
    if (blob === undefined) {
      yield failed(missingFile(digest), 400);
      return undefined;
    }
    adapters.push({ digest: digits, sizeBytes: blob.sizeBytes });
  }
  return adapters;
}

function fileProblem(
  files: Files,
  blobs: readonly (Blob | undefined)[],
  type: "gguf" | "safetensors",
): ProgressStep | undefined {
  const missing = [...files.values()].find((_, index) => blobs[index] === undefined);
  if (missing !== undefined) return failed(missingFile(missing));
  const isOther = type === "gguf" && blobs.some((blob) => blob?.weights === undefined);
  return isOther ? failed("supplied file was not in GGUF format", 400) : undefined;
}

function missingFile(digest: string): string {
  const digits = digestDigits(digest);
  return digits === undefined ? "invalid digest format" : `open ${blobPath(digits)}: no such file or directory`;
}

/** Two bytes per parameter, of a family that is as likely as any. */
function tensorFacts(sizeBytes: number): WeightFacts {
  return {
    family: "llama",
    parameterSize: `${(sizeBytes / 2e9).toFixed(1)}B`,
    quantization: "F16",
    contextLength: 8192,
    capabilities: ["completion"],
  };
}
