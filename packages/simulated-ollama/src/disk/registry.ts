/** The world outside: which models can be pulled, and how a place that cannot be reached fails. */
import { describeModel, type LibraryModel } from "../models/library.ts";
import { type ModelName, modelKey } from "../models/model-name.ts";
import type { SimulatedModel } from "../options.ts";

/** What a registry has under a name, or the text of the failure. */
export type RegistryAnswer =
  | { readonly kind: "manifest"; readonly model: LibraryModel }
  | { readonly kind: "failed"; readonly text: string };

/** The registries that models come from. */
export interface Registry {
  /** `isInsecure` allows plain HTTP, which is all that a registry at an address speaks. */
  manifest(name: ModelName, isInsecure: boolean): RegistryAnswer;
  /** Why a file cannot be pushed; `undefined` when it can. */
  pushFailure(name: ModelName, isInsecure: boolean, digest: string): string | undefined;
}

const publicHost = "registry.ollama.ai";

/** Creates the registries that have these models, each at the host of its name, beside the public one. */
export function createRegistry(parts: {
  readonly catalogue: readonly SimulatedModel[];
  readonly isOffline: boolean;
  readonly now: () => number;
}): Registry {
  const models = parts.catalogue.map((model) => describeModel(model, parts.now()));
  const byKey = new Map(models.map((model) => [model.key, model]));
  const hosts = new Set([publicHost, ...models.map((model) => model.key.split("/")[0] ?? "")]);
  const unreachable = (name: ModelName, isInsecure: boolean): string | undefined => {
    if (hosts.has(name.host.toLowerCase()) && !parts.isOffline)
      return speaksPlain(name, isInsecure) ? undefined : "EOF";
    return dialError(name.host, isInsecure, parts.isOffline);
  };
  return {
    manifest(name, isInsecure) {
      const reason = unreachable(name, isInsecure);
      const url = `${baseUrl(name, isInsecure)}/manifests/${name.tag}`;
      if (reason !== undefined) return { kind: "failed", text: `Get "${url}": ${reason}` };
      const model = byKey.get(modelKey(name));
      return model === undefined ? { kind: "failed", text: "file does not exist" } : { kind: "manifest", model };
    },
    pushFailure(name, isInsecure, digest) {
      const reason = unreachable(name, isInsecure);
      return reason && `Head "${baseUrl(name, isInsecure)}/blobs/sha256:${digest}": ${reason}`;
    },
  };
}

function baseUrl(name: ModelName, isInsecure: boolean): string {
  return `${isInsecure ? "http" : "https"}://${name.host}/v2/${name.namespace}/${name.model}`;
}

/** Only a registry at an address, a stand-in on a local network, is met without encryption. */
function speaksPlain(name: ModelName, isInsecure: boolean): boolean {
  return isInsecure || !isAddress(name.host);
}

function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(host);
}

/** Go's words, with a name server of the range for documentation. */
function dialError(host: string, isInsecure: boolean, isOffline: boolean): string {
  const [name = "", port = isInsecure ? "80" : "443"] = host.split(":");
  if (isAddress(host)) return `dial tcp ${name}:${port}: connect: connection refused`;
  const reason = isOffline ? "dial udp 192.0.2.53:53: connect: network is unreachable" : "no such host";
  return `dial tcp: lookup ${name} on 192.0.2.53:53: ${reason}`;
}
