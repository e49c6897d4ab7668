import type { BackendSnapshot } from "./fleet-snapshot.ts";
import type { WireRoute } from "./wire-route.ts";

/** Major, minor, patch. */
type Version = readonly [number, number, number];

/** The first version of Ollama with a route, and the first one without it again. */
interface Lifetime {
  readonly since: Version;
  readonly until?: Version;
}

/** Ollama's routes by version, from its tagged releases. The native chat and generation are older than any version in use. */
const ollamaRoutes: Readonly<Record<WireRoute, Lifetime>> = {
  "/api/chat": { since: [0, 0, 0] },
  "/api/generate": { since: [0, 0, 0] },
  "/api/embeddings": { since: [0, 0, 0] },
  "/api/embed": { since: [0, 2, 6] },
  "/v1/chat/completions": { since: [0, 1, 24] },
  "/v1/completions": { since: [0, 2, 0] },
  "/v1/embeddings": { since: [0, 2, 6] },
  "/v1/responses": { since: [0, 13, 3] },
  "/v1/messages": { since: [0, 14, 0] },
  "/v1/audio/transcriptions": { since: [0, 20, 0] },
  "/v1/images/generations": { since: [0, 14, 3], until: [0, 32, 6] },
};

/** What every server with OpenAI's API has; others of its routes are reached by translation, speech and images as they are. */
const OPENAI_ROUTES: ReadonlySet<WireRoute> = new Set<WireRoute>([
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/embeddings",
  "/v1/audio/transcriptions",
  "/v1/images/generations",
]);

/** Newer than any release: what a build that says nothing of its version is taken for. */
const NEWEST: Version = [Number.MAX_SAFE_INTEGER, 0, 0];

/** Whether a backend speaks a route itself. A build without a version (`0.0.0`) is taken for a new one. */
export function hasRoute({ kind, version }: Pick<BackendSnapshot, "kind" | "version">, route: WireRoute): boolean {
  if (kind === "openai-compatible") return OPENAI_ROUTES.has(route);
  const { since, until } = ollamaRoutes[route];
  const known = parseVersion(version);
  return !isBefore(known, since) && (until === undefined || isBefore(known, until));
}

/** A suffix such as `-rc1` counts as the version it leads to. */
function parseVersion(text: string): Version {
  const [, major = "0", minor = "0", patch = "0"] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  const version: Version = [Number(major), Number(minor), Number(patch)];
  return version.every((part) => part === 0) ? NEWEST : version;
}

function isBefore(one: Version, other: Version): boolean {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}
