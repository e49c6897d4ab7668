import { type ModelKey, modelKey } from "@herd/shared";

/** Where a name asks to be served: `:local` and `:cloud` are routing hints of Ollama, not parts of the name. */
export type ModelSource = "any" | "local" | "cloud";

/** A name that Ollama accepts, split as it does. */
export interface ModelName {
  readonly kind: "name";
  /** Equal for every spelling of one model: lower-case, fully qualified, tagged; cloud models keep their suffix. */
  readonly key: ModelKey;
  readonly source: ModelSource;
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

/** Why a text is no model name: nothing in it, a part that is not allowed, or both routing hints at once. */
export type ModelNameProblem =
  | { readonly kind: "missing" }
  | { readonly kind: "invalid" }
  | { readonly kind: "conflict"; readonly text: string };

const DEFAULT_HOST = "registry.ollama.ai";
const DEFAULT_NAMESPACE = "library";
const DEFAULT_TAG = "latest";

const hostPattern = /^\w[\w.:-]{0,349}$/;
const namespacePattern = /^\w[\w-]{0,79}$/;
const modelPattern = /^\w[\w.-]{0,79}$/;
const whiteSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/**
 * Reads a model name as Ollama's servers do: white space around it goes, then the routing hint, then
 * `[scheme://][host/][namespace/]model[:tag]` with Ollama's defaults. Case is kept in the parts, not in the key.
 */
export function parseModelName(text: string): ModelName | ModelNameProblem {
  return remembered(text);
}

/** The key of a name; undefined when Ollama would not accept it. */
export function modelKeyOf(text: string): ModelKey | undefined {
  const name = parseModelName(text);
  return name.kind === "name" ? name.key : undefined;
}

/** The shortest spelling with a tag, as `/api/tags` lists it; the case stays. */
export function displayName({ host, namespace, model, tag }: ModelName): string {
  const named = `${model}:${tag}`;
  if (host.toLowerCase() !== DEFAULT_HOST) return `${host}/${namespace}/${named}`;
  return namespace.toLowerCase() === DEFAULT_NAMESPACE ? named : `${namespace}/${named}`;
}

/** A reader of names that remembers its last `capacity` answers, the oldest forgotten first. */
export function createModelNameCache(capacity: number): (text: string) => ModelName | ModelNameProblem {
  const known = new Map<string, ModelName | ModelNameProblem>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const name = parseFresh(text);
    if (text.length > LONGEST_REMEMBERED) return name;
    if (known.size >= capacity) forgetOldest(known);
    known.set(text, name);
    return name;
  };
}

/** The same few names come with every request and every heartbeat. */
const remembered = createModelNameCache(4_096);

function parseFresh(text: string): ModelName | ModelNameProblem {
  const trimmed = trim(text);
  if (trimmed === "") return { kind: "missing" };
  const { base, source } = splitSource(trimmed);
  if (source !== "any" && splitSource(base).source !== "any") return { kind: "conflict", text: trimmed };
  const parts = splitParts(base);
  if (!hasValidParts(parts)) return { kind: "invalid" };
  const tagged = source === "cloud" ? { ...parts, tag: cloudTag(base, parts.tag) } : parts;
  return { kind: "name", key: keyOf(tagged), source, ...tagged };
}

/** No valid name is longer; longer texts would only fill the memory. */
const LONGEST_REMEMBERED = 640;

type Parts = Pick<ModelName, "host" | "namespace" | "model" | "tag">;

/** White space as Go counts it, which is not quite that of `String.trim`. */
const trim = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.test(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

const forgetOldest = (known: Map<string, unknown>): void => {
  const oldest = known.keys().next();
  if (oldest.done !== true) known.delete(oldest.value);
};

/** Takes the routing hint off: `:local`, `:cloud`, or `-cloud` at the end of a tag, in any case. */
const splitSource = (text: string): { readonly base: string; readonly source: ModelSource } => {
  const colon = text.lastIndexOf(":");
  if (colon === -1) return { base: text, source: "any" };
  const written = trim(text.slice(colon + 1));
  const suffix = written.toLowerCase();
  if (suffix === "cloud" || suffix === "local") return { base: text.slice(0, colon), source: suffix };
  if (suffix.endsWith("-cloud") && !suffix.includes("/")) {
    return { base: text.slice(0, colon + 1) + written.slice(0, -"-cloud".length), source: "cloud" };
  }
  return { base: text, source: "any" };
};

/** A separator promises what stands on both sides of it; an empty side leaves a part that is never valid. */
const splitParts = (base: string): Parts => {
  const slash = base.lastIndexOf("/");
  const colon = base.lastIndexOf(":");
  const path = colon > slash ? base.slice(0, colon) : base;
  const tag = colon > slash ? promised(base.slice(colon + 1)) : DEFAULT_TAG;
  const [beforeModel, model] = cutLast(path);
  if (beforeModel === undefined) return { host: DEFAULT_HOST, namespace: DEFAULT_NAMESPACE, model, tag };
  const [beforeNamespace, namespace] = cutLast(beforeModel);
  if (beforeNamespace === undefined) return { host: DEFAULT_HOST, namespace, model, tag };
  return { host: withoutScheme(beforeNamespace) || DEFAULT_HOST, namespace, model, tag };
};

/** Stands for a part that a separator promised; its sign is allowed in no part. */
const MISSING = "!";

const promised = (part: string): string => part || MISSING;

const cutLast = (path: string): readonly [before: string | undefined, after: string] => {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return [undefined, promised(path)];
  return [promised(path.slice(0, slash)), promised(path.slice(slash + 1))];
};

const withoutScheme = (host: string): string => {
  const end = host.indexOf("://");
  return end === -1 ? host : host.slice(end + "://".length);
};

const hasValidParts = ({ host, namespace, model, tag }: Parts): boolean =>
  hostPattern.test(host) && namespacePattern.test(namespace) && modelPattern.test(model) && modelPattern.test(tag);

/** Whether a name is served by Ollama's cloud: by any Ollama that is signed in, whatever it has on its disk. */
export const isCloudKey = (key: ModelKey): boolean => /[:-]cloud$/.test(key);

/** The tag under which Ollama lists a pulled cloud model. */
const cloudTag = (base: string, tag: string): string =>
  base.lastIndexOf(":") > base.lastIndexOf("/") ? `${tag}-cloud` : "cloud";

const keyOf = ({ host, namespace, model, tag }: Parts): ModelKey =>
  modelKey(`${host}/${namespace}/${model}:${tag}`.toLowerCase());
