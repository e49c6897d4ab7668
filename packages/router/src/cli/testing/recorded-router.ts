import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What one route says: an object is sent as JSON with status 200; a function answers itself. */
export type Recorded =
  | object
  | ((call: {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly body: string;
    }) => unknown);

/** A real HTTP server that answers as recorded. */
export interface RecordedRouter {
  readonly url: string;
  /** `METHOD /path?query BODY` of every call. */
  readonly calls: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts a server on a loopback port. Routes are named `GET /path`, without their query; unknown ones are Go's plain 404. */
export async function startRecordedRouter(routes: Readonly<Record<string, Recorded>>): Promise<RecordedRouter> {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = Buffer.concat(chunks).toString();
    calls.push(`${request.method} ${request.url}${body === "" ? "" : ` ${body}`}`);
    const recorded = routes[`${request.method} ${request.url?.split("?")[0]}`];
    if (recorded === undefined)
      return void response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
    const said: unknown = typeof recorded === "function" ? recorded({ request, response, body }) : recorded;
    if (said !== undefined) response.end(JSON.stringify(said));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Refuses as a router does. */
export const refusing =
  (status: number, body: object): Recorded =>
  ({ response }) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

/** The identity of a router of this kind. */
export const herdIdentity = { "GET /fleet/identity": { product: "herd", router_version: "9.9.9" } };
