/** The four parts of a model's name, as the client wrote them or by default. */
export interface ModelName {
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const defaults = { host: "registry.ollama.ai", namespace: "library", tag: "latest" };

/**
 * Reads `[host/][namespace/]model[:tag]`, with the defaults of the public library. Space around the name, a URL scheme
 * and the routing suffix `:local` are dropped. `undefined` when a part has characters or a length that Ollama refuses.
 */
export function parseModelName(source: string): ModelName | undefined {
  const bare = source
    .trim()
    .replace(/^https?:\/\//, "")
    .replace(/:local$/i, "");
  const parts = bare.split("/");
  const last = parts.pop() ?? "";
  const colon = last.lastIndexOf(":");
  const namespace = parts.pop() ?? defaults.namespace;
  const name: ModelName = {
    host: parts.length > 0 ? parts.join("/") : defaults.host,
    namespace,
    model: colon >= 0 ? last.slice(0, colon) : last,
    tag: colon >= 0 ? last.slice(colon + 1) : defaults.tag,
  };
  return isValid(name) ? name : undefined;
}

/** The key under which two spellings of one model meet: fully qualified, lower case. */
export function modelKey(name: ModelName): string {
  return fullName(name).toLowerCase();
}

/** `host/namespace/model:tag`: what capability errors print. */
export function fullName(name: ModelName): string {
  return `${name.host}/${name.namespace}/${name.model}:${name.tag}`;
}

/** The shortest name that lists print: default host and namespace left out, the tag always there. */
export function shortName(name: ModelName): string {
  const short = `${name.model}:${name.tag}`;
  if (name.host !== defaults.host) return `${name.host}/${name.namespace}/${short}`;
  return name.namespace === defaults.namespace ? short : `${name.namespace}/${short}`;
}

/** Whether the name asks for a model in the cloud, for the local one by suffix, or for both at once. */
export function cloudHint(source: string): "cloud" | "local" | "both" | "none" {
  const suffixes = source.trim().toLowerCase().split(":").slice(1);
  const isCloud = suffixes.includes("cloud") || (suffixes.at(-1) ?? "").endsWith("-cloud");
  const isLocal = suffixes.includes("local");
  if (isCloud && isLocal) return "both";
  if (isCloud) return "cloud";
  return isLocal ? "local" : "none";
}

function isValid(name: ModelName): boolean {
  return (
    /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}$/.test(name.host) &&
    /^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/.test(name.namespace) &&
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/.test(name.model) &&
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/.test(name.tag)
  );
}
