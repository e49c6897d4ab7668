import { decisions, fleetQueue, fleetStatus, heartbeatReply, routerIdentity } from "@herd/shared";
import { z } from "zod";
import type { DescribedRoute, RouteNote } from "./described-route.ts";

const HTML = "text/html";
const any = z.looseObject({});
const setting = z.object({
  key: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  origin: z.string().describe("Where the value came from, in words"),
  range: z.string().describe("The allowed values in words"),
  unit: z.string().optional(),
  meaning: z.string(),
  is_live: z.boolean().describe("It may change while the router runs"),
  saved_value: z.unknown().optional().describe("What was saved and does not hold: the origin is stronger"),
});
const settingsShape = z.object({
  router_version: z.string(),
  router_hostname: z.string(),
  config: z.record(z.string(), any).describe("The values in groups"),
  settings: z.array(setting),
  nodes: z.array(any),
});
const changedShape = z.object({
  status: z.enum(["updated", "no_change"]),
  updated: any.optional(),
  notices: z.array(z.string()).optional(),
  message: z.string().optional(),
});

const inference: Readonly<Record<string, RouteNote>> = {
  "POST /api/chat": { summary: "Chat, in Ollama's dialect; one JSON record per line while it streams" },
  "POST /api/generate": { summary: "Complete a prompt, in Ollama's dialect" },
  "POST /api/embed": { summary: "Embed texts, in Ollama's dialect" },
  "POST /api/embeddings": { summary: "Embed one text, in Ollama's older form" },
  "POST /v1/chat/completions": { summary: "Chat, in OpenAI's dialect; server-sent events while it streams" },
  "POST /v1/completions": { summary: "Complete a prompt, in OpenAI's dialect" },
  "POST /v1/embeddings": { summary: "Embed texts, in OpenAI's dialect" },
  "POST /v1/responses": { summary: "OpenAI's responses" },
  "POST /v1/audio/transcriptions": { summary: "Turn speech into text, in OpenAI's dialect" },
  "POST /v1/images/generations": { summary: "Make images, in OpenAI's dialect" },
  "POST /v1/messages": { summary: "Messages, in Anthropic's dialect; server-sent events while it streams" },
  "POST /v1/messages/count_tokens": { summary: "Count the tokens of messages, in Anthropic's dialect" },
};

const models: Readonly<Record<string, RouteNote>> = {
  "GET /api/tags": { summary: "All models of the fleet, in Ollama's dialect" },
  "GET /api/ps": { summary: "The models in memory, on every node" },
  "GET /api/version": { summary: "The lowest version of the fleet's Ollamas, and the router's own" },
  "GET /api/status": { summary: "Ollama's status" },
  "POST /api/show": { summary: "What a model is, from a node that has it" },
  "POST /api/pull": { summary: "Pull a model to a node, with progress; joins the same pull where one runs" },
  "POST /api/push": { summary: "Push a model to a registry, from a node that has it" },
  "POST /api/create": { summary: "Create a model on a node" },
  "POST /api/copy": { summary: "Copy a model under another name, wherever it is" },
  "DELETE /api/delete": { summary: "Delete a model, wherever it is" },
  "HEAD /api/blobs/:digest": { summary: "Whether an uploaded file is there" },
  "POST /api/blobs/:digest": { summary: "Upload a file for POST /api/create" },
  "GET /v1/models": { summary: "All models of the fleet, in OpenAI's dialect" },
  "GET /v1/models/*": { summary: "One model, in OpenAI's dialect" },
};

const own: Readonly<Record<string, RouteNote>> = {
  "GET /": { summary: "That a server runs; a browser is sent to the dashboard", type: "text/plain" },
  "GET /healthz": { summary: "The process answers", answer: z.object({ status: z.literal("ok") }) },
  "GET /readyz": {
    summary: "It takes new requests; 503 while it stops",
    answer: z.object({ status: z.enum(["ready", "stopping"]) }),
  },
  "POST /heartbeat": { summary: "A node tells how it is", answer: heartbeatReply },
  "GET /fleet/identity": { summary: "Who this router is", answer: routerIdentity },
  "GET /fleet/status": { summary: "All nodes, what they have and how they are", answer: fleetStatus },
  "GET /fleet/queue": { summary: "What waits and what runs, by node and model", answer: fleetQueue },
  "GET /fleet/decisions/:id": { summary: "Why a request went where it went; last is the newest", answer: decisions },
  "DELETE /fleet/nodes/:id": {
    summary: "Forget a node and its key",
    answer: z.object({ status: z.literal("removed"), node_id: z.string() }),
  },
  "GET /dashboard": { summary: "The dashboard", type: HTML },
  "GET /dashboard/": { summary: "The dashboard", type: HTML },
  "GET /dashboard/*": { summary: "The dashboard's pages", type: HTML },
  "GET /dashboard/assets/:name": { summary: "A script or style of the dashboard", type: "application/octet-stream" },
  "GET /dashboard/favicon.svg": { summary: "The dashboard's sign", type: "image/svg+xml" },
  "GET /favicon.svg": { summary: "The dashboard's sign", type: "image/svg+xml" },
  "GET /favicon.ico": { summary: "The dashboard's sign", type: "image/svg+xml" },
  "GET /docs": { summary: "All routes, as a page", type: HTML },
  "GET /redoc": { summary: "All routes, as a page", type: HTML },
  "GET /openapi.json": { summary: "The description of all routes (OpenAPI 3.1)", answer: any },
  "GET /dashboard/api/settings": {
    summary: "Every setting with its value, its origin and its bounds",
    answer: settingsShape,
  },
  "POST /dashboard/api/settings": {
    summary: "Change settings: at once, and for the next start",
    answer: changedShape,
  },
};

const notes = new Map(Object.entries({ ...inference, ...models, ...own }));
const passedOn: RouteNote = { summary: "Ollama's own: a node's Ollama answers, which may ask its makers" };

/** What is told of a route beside its schemas. */
export function noteOf({ method, url, isMissing }: Pick<DescribedRoute, "method" | "url" | "isMissing">): RouteNote {
  if (isMissing) return { summary: "Not served by this version" };
  const found = notes.get(`${method} ${url}`) ?? notes.get(`GET ${url}`);
  return found ?? (isPassedOn(url) ? passedOn : { summary: "" });
}

/** What is passed on as it is. */
const isPassedOn = (url: string): boolean => /^\/api\/(experimental|me$|signout$|user)/.test(url);
