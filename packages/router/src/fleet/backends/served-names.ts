import type { ModelKey } from "@herd/shared";
import { displayName, parseModelName } from "../../domain/model-name.ts";

/** What clients call a model that a server with OpenAI's API calls something else, maybe. */
export interface ServedName {
  readonly key: ModelKey;
  /** With its tag, as Ollama lists names. */
  readonly name: string;
}

/**
 * Names for the models of one server, by their ids there. An id that Ollama would take for a name stays, with its tag. Others,
 * such as paths, are named by their last part without `.gguf`, or by the repository where the path lies in a cache of Hugging
 * Face; a name that is taken gets a number, the same one whatever the order of the list.
 */
export function servedNamesOf(ids: readonly string[]): ReadonlyMap<string, ServedName> {
  const names = new Map<string, ServedName>();
  const taken = new Set<ModelKey>();
  const take = (id: string, named: ServedName): void => {
    names.set(id, named);
    taken.add(named.key);
  };
  const sorted = [...new Set(ids)].sort();
  for (const id of sorted) {
    const named = nameOf(id);
    if (named !== undefined && !taken.has(named.key)) take(id, named);
  }
  for (const id of sorted) {
    if (!names.has(id)) take(id, derivedName(id, taken));
  }
  return names;
}

function nameOf(text: string): ServedName | undefined {
  const parsed = parseModelName(text);
  return parsed.kind === "name" ? { key: parsed.key, name: displayName(parsed) } : undefined;
}

function derivedName(id: string, taken: ReadonlySet<ModelKey>): ServedName {
  const wish = wishFor(id);
  for (let count = 1; ; count += 1) {
    const named = nameOf(count === 1 ? wish : `${wish}-${count}`);
    if (named !== undefined && !taken.has(named.key)) return named;
  }
}

const CACHED = /models--([^/\\]+?)--([^/\\]+)[/\\]snapshots[/\\][^/\\]+[/\\]*$/;
/** Ollama takes 80 signs for a part of a name; some are left for a number. */
const LONGEST_PART = 72;
const NAMELESS = "model";

function wishFor(id: string): string {
  const [, owner, repository] = CACHED.exec(id) ?? [];
  if (owner !== undefined && repository !== undefined)
    return `${partOf(owner.replaceAll(".", "-"))}/${partOf(repository)}`;
  const last = id.split(/[/\\]/).findLast((part) => part.trim() !== "") ?? "";
  return partOf(last.replace(/\.gguf$/i, ""));
}

/** A text as a part of a name: what is not allowed in one becomes a hyphen. */
const partOf = (text: string): string =>
  text
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[^\w]+/, "")
    .slice(0, LONGEST_PART) || NAMELESS;
