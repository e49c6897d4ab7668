import type { FastifySchema } from "fastify";
import type { z } from "zod";

/** A route as the server has it. */
export interface DescribedRoute {
  readonly method: string;
  /** Its parameters as `:name`, any rest as `*`. */
  readonly url: string;
  readonly access: "use" | "change" | "agent";
  /** Zod schemas, where it has any. */
  readonly schema: FastifySchema | undefined;
  /** It only tells that this version does not serve it. */
  readonly isMissing: boolean;
}

/** What is described. */
export interface Described {
  /** All routes of the server; read when the description is first asked for. */
  readonly routes: readonly DescribedRoute[];
  readonly version: string;
}

/** What is told of a route that has no schemas of its own. */
export interface RouteNote {
  readonly summary: string;
  /** Its answer, where it is one of ours. */
  readonly answer?: z.ZodType;
  /** Media type of its answer; JSON when left out. */
  readonly type?: string;
}

/** In whose words it is asked and answered. */
export type RouteDialect = "ollama" | "openai" | "anthropic" | "herd";

/** The dialect of a path. Ours are whatever belongs to no other. */
export function dialectOf(url: string): RouteDialect {
  if (url.startsWith("/v1/messages")) return "anthropic";
  if (url.startsWith("/v1/")) return "openai";
  return url.startsWith("/api/") || url === "/" ? "ollama" : "herd";
}
