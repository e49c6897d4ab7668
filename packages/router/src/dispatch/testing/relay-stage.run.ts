import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { Pool } from "undici";
import type { AttemptResult } from "../attempt-result.ts";
import { Relay } from "../relay/relay.run.ts";
import type { RelayParts } from "../relay/relay-parts.ts";
import { openClient, type RawClient } from "./raw-client.run.ts";
import { createRecordTap } from "./record-tap.ts";
import { createResponseSink } from "./response-sink.run.ts";

/** One reply on its way: a real node, a real router in front of it, a real client. */
export interface RelayedReply {
  readonly client: RawClient;
  /** How the attempt ended. */
  readonly result: Promise<AttemptResult>;
  readonly relay: Promise<Relay>;
  /** The router's response to the client. */
  readonly response: Promise<ServerResponse>;
}

/** What a test wants otherwise of the relay. */
export type RelayWishes = Partial<
  Pick<RelayParts, "stallCapMs" | "quietMs" | "ownHeaders" | "onFirstByte" | "failureRecord" | "toldInDialect">
>;

/** Servers of one test; `close` ends them all. */
export class RelayStage {
  readonly #servers: (Server | TcpServer)[] = [];
  readonly #pools: Pool[] = [];
  readonly #sockets = new Set<Socket>();

  /** A node that answers over HTTP. */
  async node(answer: RequestListener): Promise<number> {
    return this.#listen(createServer(answer));
  }

  /** A node whose bytes are written by hand, once a request has come. */
  async rawNode(answer: (socket: Socket) => void): Promise<number> {
    return this.#listen(
      createTcpServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => answer(socket));
      }),
    );
  }

  /** Relays one request to the node on this port. */
  async relay(nodePort: number, wishes: RelayWishes = {}): Promise<RelayedReply> {
    const pool = new Pool(`http://127.0.0.1:${nodePort}`, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    this.#pools.push(pool);
    const begun = Promise.withResolvers<{ readonly relay: Relay; readonly response: ServerResponse }>();
    const settled = Promise.withResolvers<AttemptResult>();
    const front = createServer((request, response) => {
      request.resume();
      const relay = new Relay({
        sink: createResponseSink(response),
        tap: createRecordTap(),
        now: () => performance.now(),
        ownHeaders: () => ["X-Fleet-Node", "a"],
        onFirstByte: () => undefined,
        failureRecord: (reading, detail) => `${reading.closePartialRecord}failure: ${detail}\n`,
        stallCapMs: 60_000,
        settle: settled.resolve,
        ...wishes,
      });
      response.once("close", () => {
        if (!response.writableEnded) relay.cancel();
      });
      pool.dispatch(
        { method: "POST", path: "/api/chat", headers: ["Host", `127.0.0.1:${nodePort}`], body: "{}" },
        relay,
      );
      begun.resolve({ relay, response });
    });
    const client = openClient(await this.#listen(front));
    return {
      client,
      result: settled.promise,
      relay: begun.promise.then(({ relay }) => relay),
      response: begun.promise.then(({ response }) => response),
    };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async #listen(server: Server | TcpServer): Promise<number> {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => this.#sockets.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
}
