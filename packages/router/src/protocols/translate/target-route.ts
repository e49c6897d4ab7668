import { hasRoute } from "../../domain/backend-routes.ts";
import type { BackendSnapshot } from "../../domain/fleet-snapshot.ts";
import type { WireRoute } from "../../domain/wire-route.ts";

/** Where a route that Ollama lacks is translated to, best first; its native ones are as old as Ollama. */
const ollamaTargets: Partial<Readonly<Record<WireRoute, readonly WireRoute[]>>> = {
  "/v1/chat/completions": ["/api/chat"],
  "/v1/responses": ["/api/chat"],
  "/v1/messages": ["/api/chat"],
  "/v1/completions": ["/api/generate"],
  "/v1/embeddings": ["/api/embed", "/api/embeddings"],
  "/api/embed": ["/api/embeddings"],
};

/** The same for servers with OpenAI's API. A raw generation goes on to `/v1/completions`, which only its body tells. */
const openaiTargets: Partial<Readonly<Record<WireRoute, readonly WireRoute[]>>> = {
  "/api/chat": ["/v1/chat/completions"],
  "/api/generate": ["/v1/chat/completions"],
  "/v1/responses": ["/v1/chat/completions"],
  "/v1/messages": ["/v1/chat/completions"],
  "/api/embed": ["/v1/embeddings"],
  "/api/embeddings": ["/v1/embeddings"],
};

/**
 * The route on which a backend serves what a client asks on `route`: the same where the backend has it, else the one
 * that it is translated to; undefined where there is none, as for speech and pictures.
 */
export function targetRouteOf(
  route: WireRoute,
  backend: Pick<BackendSnapshot, "kind" | "version">,
): WireRoute | undefined {
  if (hasRoute(backend, route)) return route;
  const targets = backend.kind === "openai-compatible" ? openaiTargets : ollamaTargets;
  return targets[route]?.find((target) => hasRoute(backend, target));
}
