import type { BodyFacts } from "../../domain/request.ts";

/** When a fallback is taken: never, when the asked model cannot be served, or already when it is not in memory anywhere. */
export type FallbackMode = "never" | "unavailable" | "cold";

/** What a client asks of the router itself, in headers and body. */
export interface RequestExtras {
  readonly tags: readonly string[];
  /** Models to be tried in this order; empty when the client wants none. */
  readonly fallbackModels: readonly string[];
  readonly mode: FallbackMode;
  /** The one machine that is to serve it; undefined: any. */
  readonly node: string | undefined;
}

/** Entries taken of a list in a header. */
const LIST_LIMIT = 64;
const NONE: readonly string[] = [];

interface Draft {
  tags: readonly string[];
  fallbackModels: readonly string[];
  mode: FallbackMode;
  node: string | undefined;
}

type ReadHeader = (draft: Draft, value: string) => void;

const readers: ReadonlyMap<string, ReadHeader> = new Map<string, ReadHeader>([
  ["x-herd-tags", readTags],
  ["x-herd-fallback-models", readFallbackModels],
  ["x-herd-fallback", readMode],
  ["x-fleet-no-fallback", readRefusal],
  ["x-herd-node", readNode],
]);

function readTags(draft: Draft, value: string): void {
  draft.tags = listOf(value);
}

function readFallbackModels(draft: Draft, value: string): void {
  draft.fallbackModels = listOf(value);
}

function readMode(draft: Draft, value: string): void {
  const word = value.trim().toLowerCase();
  if (word === "never" || word === "unavailable" || word === "cold") draft.mode = word;
}

function readRefusal(draft: Draft, value: string): void {
  if (value.trim().toLowerCase() === "true") draft.mode = "never";
}

function readNode(draft: Draft, value: string): void {
  draft.node = value.trim() === "" ? undefined : value.trim();
}

/** Reads the headers that speak to the router; those of the body come first in every list. */
export function extrasOf(headers: readonly string[], body: BodyFacts): RequestExtras {
  const draft: Draft = { tags: NONE, fallbackModels: NONE, mode: "unavailable", node: undefined };
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    // All of ours begin so; most requests carry none of them.
    if (name.charCodeAt(0) !== X_LOWER && name.charCodeAt(0) !== X_UPPER) continue;
    readers.get(name.toLowerCase())?.(draft, headers[at + 1] ?? "");
  }
  return {
    tags: joined(body.tags, draft.tags),
    fallbackModels: draft.mode === "never" ? NONE : joined(body.fallbackModels, draft.fallbackModels),
    mode: draft.mode,
    node: draft.node,
  };
}

const X_LOWER = 0x78;
const X_UPPER = 0x58;

const joined = (one: readonly string[], other: readonly string[]): readonly string[] =>
  other.length === 0 ? one : [...new Set([...one, ...other])];

const listOf = (value: string): readonly string[] =>
  value
    .split(",", LIST_LIMIT)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
