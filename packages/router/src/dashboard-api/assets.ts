import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { type Asset, createBuildReader } from "./build-reader.ts";

/** What the dashboard's routes need. */
export interface DashboardAssetsDependencies {
  /** Folder of the built dashboard, as Vite writes it: `index.html`, `favicon.svg` and `assets/`. It may be missing. */
  readonly directory: string;
}

/** Scripts, styles, images and calls from this origin only: nothing inline, nothing from elsewhere, no frame around it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join("; ");

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Dashboard not built</title></head>
<body><main>
<h1>The dashboard is not built yet</h1>
<p>On the router's machine, in the folder of the checkout, run</p>
<pre><code>npm run build</code></pre>
<p>and load this page again; the router need not be restarted.</p>
<p>Everything else works without it: <a href="/fleet/status">/fleet/status</a> shows the fleet as JSON.</p>
</main></body>
</html>
`;

/**
 * Serves the built dashboard: the page at `/dashboard` and `/dashboard/`, its hashed files below `/dashboard/assets/`, and the
 * icon. Files that are not part of the build are not found (404). While there is no build, the page says how to make one (503).
 */
export function dashboardAssets({ directory }: DashboardAssetsDependencies): FastifyPluginAsync {
  const build = createBuildReader(directory);
  return async (server) => {
    for (const path of ["/dashboard", "/dashboard/"]) {
      server.get(path, async (request, reply) => {
        const page = (await build.newest())?.get("index.html");
        return page === undefined ? sendNotBuilt(reply) : sendAsset(request, reply, page);
      });
    }
    for (const path of ["/favicon.svg", "/dashboard/favicon.svg"]) {
      server.get(path, async (request, reply) => sendNamed(request, reply, "favicon.svg"));
    }
    server.get<{ Params: { name: string } }>("/dashboard/assets/:name", async (request, reply) =>
      sendNamed(request, reply, `assets/${request.params.name}`),
    );
  };

  async function sendNamed(request: FastifyRequest, reply: FastifyReply, name: string): Promise<FastifyReply> {
    const asset = (await build.current())?.get(name);
    return asset === undefined ? sendNotFound(reply) : sendAsset(request, reply, asset);
  }
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  const gzipped = acceptsGzip(request.headers["accept-encoding"]) ? asset.gzipped : undefined;
  const etag = gzipped === undefined ? `"${asset.digest}"` : `"${asset.digest}-gzip"`;
  secured(reply)
    .header("cache-control", asset.isImmutable ? "public, max-age=31536000, immutable" : "no-cache")
    .header("etag", etag);
  if (asset.gzipped !== undefined) reply.header("vary", "accept-encoding");
  if (isAlreadyHeld(request.headers["if-none-match"], etag)) return reply.code(304).send();
  if (gzipped !== undefined) reply.header("content-encoding", "gzip");
  return reply.type(asset.type).send(gzipped ?? asset.body);
}

/** The words of the API for a path that leads nowhere. */
function sendNotFound(reply: FastifyReply): FastifyReply {
  return secured(reply)
    .code(404)
    .header("cache-control", "no-store")
    .type("text/plain; charset=utf-8")
    .send("404 page not found");
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return secured(reply)
    .code(503)
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(NOT_BUILT_PAGE);
}

function secured(reply: FastifyReply): FastifyReply {
  return reply
    .header("content-security-policy", CONTENT_SECURITY_POLICY)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer");
}

/** RFC 9110 §12.5.3: a weight of 0 means "not acceptable"; `*` stands for what is not listed. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const offers = [header ?? ""].flat().join(",").toLowerCase().split(",");
  const weights = new Map(offers.map(readOffer));
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

function readOffer(offer: string): readonly [coding: string, weight: number] {
  const [coding = "", ...parameters] = offer.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  return [coding, weight === undefined ? 1 : Number(weight.slice(2))];
}

/** RFC 9110 §13.1.2: weak comparison with every listed tag. */
function isAlreadyHeld(header: string | undefined, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
