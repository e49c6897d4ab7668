/** Finds the route of a request with the answers of gin and of Go's mux for what matches none. */
import { type RawHeaders, textAnswer, type WholeAnswer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** One path with its methods. */
export interface Route {
  /** A last segment `:name` stands for any one segment. */
  readonly path: string;
  /** In the order of the Allow header. */
  readonly methods: readonly string[];
  /** Answers the exchange; `parameter` is what stood for the `:name`. */
  readonly handle: (exchange: Exchange, parameter: string) => Promise<void>;
}

/** What to do with a request. `none` = no route; `allow` is its Allow header when only the method is wrong. */
export type RouteMatch =
  | { readonly kind: "route"; readonly route: Route; readonly parameter: string }
  | { readonly kind: "redirect"; readonly answer: WholeAnswer }
  | { readonly kind: "none"; readonly answer: WholeAnswer; readonly allow: RawHeaders };

/** Matches a method and a path; `target` is the undecoded path with its query. */
export function matchRoute(
  routes: readonly Route[],
  request: { method: string; path: string; target: string },
): RouteMatch {
  const redirect = redirectTo(routes, request);
  if (redirect !== undefined) return { kind: "redirect", answer: redirect };
  for (const route of routes) {
    const parameter = matchPath(route.path, request.path);
    if (parameter === undefined) continue;
    if (route.methods.includes(request.method)) return { kind: "route", route, parameter };
    const allow: RawHeaders = [["Allow", route.methods.join(", ")]];
    return { kind: "none", answer: textAnswer(405, "405 method not allowed", allow), allow };
  }
  return { kind: "none", answer: textAnswer(404, "404 page not found"), allow: [] };
}

function matchPath(pattern: string, path: string): string | undefined {
  if (!pattern.includes(":")) return pattern === path ? "" : undefined;
  const prefix = pattern.slice(0, pattern.indexOf(":"));
  if (!path.startsWith(prefix)) return undefined;
  const parameter = path.slice(prefix.length);
  return parameter === "" || parameter.includes("/") ? undefined : parameter;
}

/** Unclean paths are redirected by Go's mux (307), a slash too many at the end of a known path by gin (301 or 307). */
function redirectTo(
  routes: readonly Route[],
  request: { method: string; path: string; target: string },
): WholeAnswer | undefined {
  const query = request.target.includes("?") ? request.target.slice(request.target.indexOf("?")) : "";
  const clean = cleanPath(request.path);
  if (clean !== request.path) return redirect(request.method, 307, clean + query);
  if (!clean.endsWith("/") || clean === "/") return undefined;
  const bare = clean.slice(0, -1);
  if (!routes.some((route) => matchPath(route.path, bare) !== undefined)) return undefined;
  return redirect(request.method, request.method === "GET" ? 301 : 307, bare + query);
}

function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  const isFolder = /\/\.{0,2}$/.test(path) && parts.length > 0;
  return `/${parts.join("/")}${isFolder ? "/" : ""}`;
}

function redirect(method: string, status: 301 | 307, location: string): WholeAnswer {
  const title = status === 301 ? "Moved Permanently" : "Temporary Redirect";
  if (method !== "GET" && method !== "HEAD") return { status, headers: [["Location", location]], body: "" };
  const headers: RawHeaders = [
    ["Content-Type", "text/html; charset=utf-8"],
    ["Location", location],
  ];
  return { status, headers, body: `<a href="${location}">${title}</a>.\n\n` };
}
