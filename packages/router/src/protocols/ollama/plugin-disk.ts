import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Incoming, RouteVoice } from "../../pipeline/incoming.ts";
import type { Upload } from "../../pipeline/models-on-disk/upload.ts";
import { handOver, type RouteDoors } from "../inference-route.ts";
import { diskVoices } from "./disk/disk-voices.ts";

/** What the routes that change, copy or upload models are given, and those that one node answers as they are. */
export interface DiskDoors extends Pick<RouteDoors, "sinkOf" | "bodyOf"> {
  readonly servePush: (incoming: Incoming, voice: RouteVoice) => Promise<void>;
  readonly serveCreate: (incoming: Incoming, voice: RouteVoice) => Promise<void>;
  /** A change on every node that has the model. */
  readonly serveChange: (incoming: Incoming, voice: RouteVoice, what: "delete" | "copy") => Promise<void>;
  readonly serveBlob: (upload: Upload, voice: RouteVoice) => Promise<void>;
  /** A request that any node may answer. */
  readonly servePassed: (incoming: Incoming, voice: RouteVoice, route: PassedRoute) => Promise<void>;
  /** A request that every node has to hear. */
  readonly serveEveryNode: (incoming: Incoming, voice: RouteVoice, method: "POST" | "DELETE") => Promise<void>;
}

/** A route that one node answers as it is. */
export interface PassedRoute {
  readonly method: "GET" | "POST";
  /** Longest silence of a node before another is asked, ms; absent: as long as any request may be silent. */
  readonly silenceMs?: number;
  /** The JSON answer where no node has the route. */
  readonly fallback?: string;
}

/** Any node must tell this at once, ms. */
const QUICK_MS = 2_000;

/** Ollama's own answer where nothing switched the cloud off. */
const CLOUD_UNKNOWN = '{"cloud":{"disabled":false,"source":"none"}}';

const passedRoutes: readonly (PassedRoute & { readonly path: string })[] = [
  { method: "GET", path: "/api/status", silenceMs: QUICK_MS, fallback: CLOUD_UNKNOWN },
  { method: "GET", path: "/api/experimental/model-recommendations", silenceMs: QUICK_MS },
  { method: "POST", path: "/api/experimental/web_search" },
  { method: "POST", path: "/api/experimental/web_fetch" },
  { method: "POST", path: "/api/me" },
];

/** Ollama's routes that change or copy models, and those about a node's account. */
export function addOllamaDiskRoutes(server: FastifyInstance, doors: DiskDoors): void {
  const add = (route: DiskRoute): void => addRoute(server, doors, route);
  const { push, create, copy } = diskVoices;
  const change = { access: "change", method: "POST" } as const;
  add({ ...change, url: "/api/push", serve: (incoming) => doors.servePush(incoming, push) });
  add({ ...change, url: "/api/create", serve: (incoming) => doors.serveCreate(incoming, create) });
  add({ ...change, url: "/api/copy", serve: (incoming) => doors.serveChange(incoming, copy, "copy") });
  const remove = { access: "change", method: "DELETE" } as const;
  add({
    ...remove,
    url: "/api/delete",
    serve: (incoming) => doors.serveChange(incoming, diskVoices.delete, "delete"),
  });
  const leave = (method: "POST" | "DELETE") => (incoming: Incoming) => doors.serveEveryNode(incoming, create, method);
  add({ ...change, url: "/api/signout", serve: leave("POST") });
  add({ ...remove, url: "/api/user/keys/:encodedKey", serve: leave("DELETE") });
  for (const { path, ...route } of passedRoutes) {
    const serve = (incoming: Incoming) => doors.servePassed(incoming, create, route);
    add({ method: route.method, url: path, access: "use", serve });
  }
  addBlobs(server, doors);
}

interface DiskRoute {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly access: "use" | "change";
  readonly serve: (incoming: Incoming) => Promise<void>;
}

function addRoute(server: FastifyInstance, doors: DiskDoors, { method, url, access, serve }: DiskRoute): void {
  const voice = diskVoices.create;
  server.route({
    method,
    url,
    config: { access },
    handler: (request, reply) => handOver(doors, { request, reply, voice }, serve),
  });
}

/** Files are left on the socket, whatever their size: whoever serves them takes them from there. */
function addBlobs(server: FastifyInstance, doors: DiskDoors): void {
  const voice = diskVoices.create;
  server.route<{ Params: { digest: string } }>({
    method: ["HEAD", "POST"],
    url: "/api/blobs/:digest",
    config: { access: "change", body: "stream" },
    handler: (request, reply) =>
      handOver(doors, { request, reply, voice }, ({ body: _none, ...incoming }) =>
        doors.serveBlob({ ...incoming, ...uploadOf(request.raw, request.params.digest) }, voice),
      ),
  });
}

function uploadOf(raw: IncomingMessage, digest: string): Pick<Upload, "method" | "digest" | "stream" | "discardRest"> {
  const length = raw.headers["content-length"];
  const hasBody = raw.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
  return {
    method: raw.method === "HEAD" ? "HEAD" : "POST",
    digest,
    stream: raw.method !== "HEAD" && hasBody ? piecesOf(raw) : undefined,
    discardRest: () => void raw.resume(),
  };
}

/**
 * The body piece by piece. Whoever takes them may stop at any time: what the client still sends then is read and dropped, so
 * that it can read its answer.
 */
async function* piecesOf(raw: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* raw.iterator({ destroyOnReturn: false });
  } finally {
    raw.resume();
  }
}
