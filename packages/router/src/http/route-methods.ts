import type { FastifyInstance } from "fastify";

/** In the order in which Ollama lists them in `Allow`: HEAD before GET. */
const METHODS = ["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * Collects the routes of a server from now on. Returns what tells the methods that a path has, parameters filled in; none
 * for an unknown path.
 */
export function collectRouteMethods(server: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly method: string; readonly pattern: RegExp }[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    const pattern = patternOf(url);
    for (const one of [method].flat()) routes.push({ method: one, pattern });
  });
  return (path) => {
    const found = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    return METHODS.filter((method) => found.has(method));
  };
}

/** `:name` stands for one part of a path, `*` for any rest. */
function patternOf(url: string): RegExp {
  const parts = url.split("/").map((part) => {
    if (part.startsWith(":")) return "[^/]+";
    return part.split("*").map(escapeText).join(".*");
  });
  return new RegExp(`^${parts.join("/")}$`);
}

const escapeText = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
