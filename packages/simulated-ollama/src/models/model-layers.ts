/**
 * The layers that a model is made of on the disk, written byte by byte as Ollama writes them: so their digests, and that
 * of the manifest, are those of the real thing for texts that are the same.
 */
import { createHash } from "node:crypto";
import { encodeGo } from "../json/encode-go.ts";
import type { ModelParameters, SimulatedModel } from "../options.ts";
import { parametersOf, templateOf } from "./model-texts.ts";

/** One file of a model. */
export interface Layer {
  readonly kind: LayerKind;
  /** 64 hexadecimal digits. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** The model that it was taken over from. */
  readonly from?: string;
}

/** What a layer holds; `config` is the file that describes the others. */
export type LayerKind = "model" | "adapter" | "template" | "system" | "params" | "messages" | "license" | "config";

/** The layers of a model whose weights have these `bytes`, in Ollama's order; the config comes last. */
export function layersOf(model: SimulatedModel, weights: Layer): readonly Layer[] {
  const { system, messages } = model;
  const layers: readonly (Layer | undefined)[] = [
    weights,
    ...(model.adapters ?? []).map((file) => ({ kind: "adapter" as const, ...file })),
    hasTemplate(model) ? textLayer("template", templateOf(model)) : undefined,
    system === undefined ? undefined : textLayer("system", system),
    ...(model.licenses ?? []).map((license) => textLayer("license", license)),
    paramsLayer(parametersOf(model)),
    messages === undefined ? undefined : textLayer("messages", `${encodeGo(messages)}\n`),
  ];
  const present = layers.filter((layer) => layer !== undefined);
  return [...present, textLayer("config", configText(model, present))];
}

/** 64 hexadecimal digits. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The digest of the manifest that lists these layers. */
export function manifestDigest(layers: readonly Layer[]): string {
  const entry = ({ kind, digest, sizeBytes, from }: Layer) => ({
    mediaType:
      kind === "config" ? "application/vnd.docker.container.image.v1+json" : `application/vnd.ollama.image.${kind}`,
    digest: `sha256:${digest}`,
    size: sizeBytes,
    ...(from === undefined ? {} : { from }),
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    config: layers.filter(({ kind }) => kind === "config").map(entry)[0],
    layers: layers.filter(({ kind }) => kind !== "config").map(entry),
  };
  return sha256(`${encodeGo(manifest)}\n`);
}

/** An embedding model needs no template of its own, and mostly has none. */
function hasTemplate(model: SimulatedModel): boolean {
  return model.template !== undefined || model.capabilities.includes("completion");
}

function paramsLayer(parameters: ModelParameters): Layer | undefined {
  const sorted = Object.entries(parameters).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.length === 0 ? undefined : textLayer("params", `${encodeGo(Object.fromEntries(sorted))}\n`);
}

function configText(model: SimulatedModel, layers: readonly Layer[]): string {
  const config = {
    model_format: "gguf",
    model_family: model.family,
    model_families: [model.family],
    model_type: model.parameterSize,
    file_type: model.quantization,
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => `sha256:${digest}`) },
  };
  return `${encodeGo(config)}\n`;
}

function textLayer(kind: LayerKind, text: string): Layer {
  return { kind, digest: sha256(text), sizeBytes: Buffer.byteLength(text) };
}
