import { createServer, type Server, type Socket } from "node:net";
import { type Surroundings, systemSurroundings } from "../surroundings.ts";
import { type ArrivalPlace, type Choice, createChoice } from "./choose-recording.ts";
import { playExchange } from "./play-exchange.ts";
import { readRecordedExchanges } from "./recorded-exchange.ts";
import { createRequestReader, headerOf, type ReadEvent, type WireRequest } from "./request-reader.ts";

/** What to replay and where. */
export interface ReplayOptions {
  /** Folder with one JSON file per exchange. */
  readonly folder: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 = any free port (the default). */
  readonly port?: number;
  /** Multiplies the recorded times: 1 = as recorded, 0 = at once (the default). */
  readonly timeScale?: number;
}

/** A running replay. */
export interface Replay {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Names of all recordings, in recorded order. */
  readonly names: readonly string[];
  /** Names of the recordings that answered so far, in that order; the newest 10,000. */
  readonly played: readonly string[];
  /** Ends the port and every connection. */
  close(): Promise<void>;
}

/**
 * Starts a server that answers each recorded request with the recorded bytes: status, headers in wire order, chunks,
 * interim answers and the way it ended. What was not recorded is a 501 that names what comes nearest. Rejects when the
 * port is taken or the recordings cannot be read.
 */
export async function startReplay(
  options: ReplayOptions,
  surroundings: Surroundings = systemSurroundings,
): Promise<Replay> {
  const exchanges = readRecordedExchanges(options.folder);
  const host = options.host ?? "127.0.0.1";
  const played: string[] = [];
  const replaying: Replaying = {
    choose: createChoice(exchanges),
    surroundings,
    timeScale: options.timeScale ?? 0,
    note: (name) => {
      played.push(name);
      if (played.length > keptNames) played.shift();
    },
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveConnection(socket, replaying);
  });
  const port = await listen(server, host, options.port ?? 0);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    names: exchanges.map(({ name }) => name),
    played,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const keptNames = 10_000;

interface Replaying {
  readonly choose: (request: WireRequest, place: ArrivalPlace) => Choice;
  readonly surroundings: Surroundings;
  readonly timeScale: number;
  readonly note: (name: string) => void;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Answers the requests of one connection one after the other. */
function serveConnection(socket: Socket, replaying: Replaying): void {
  const read = createRequestReader();
  const gone = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  let answered: Promise<void> = Promise.resolve();
  socket.setNoDelay(true);
  // A client that leaves, or that was cut off, is part of what is replayed.
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    for (const event of read(bytes)) {
      answered = answered.then(() => answer(event, { socket, gone, replaying })).catch(() => void socket.destroy());
    }
  });
}

interface Connection {
  readonly socket: Socket;
  readonly gone: Promise<void>;
  readonly replaying: Replaying;
}

async function answer(event: ReadEvent, connection: Connection): Promise<void> {
  const { socket } = connection;
  if (socket.destroyed || socket.writableEnded) return;
  switch (event.kind) {
    case "malformed":
      socket.end(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request",
      );
      return;
    case "expects-continue":
      socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      return;
    case "request":
      return await answerRequest(event.request, connection);
  }
}

async function answerRequest(request: WireRequest, connection: Connection): Promise<void> {
  const { socket, gone, replaying } = connection;
  const place = { address: withoutPrefix(socket.localAddress ?? ""), port: socket.localPort ?? 0 };
  const choice = replaying.choose(request, place);
  if (choice.kind === "unknown") return refuse(choice.text, request, socket);
  replaying.note(choice.exchange.name);
  const isReusable = await playExchange(choice.exchange, {
    socket,
    gone,
    date: new Date().toUTCString(),
    until: createPlayClock(socket, replaying),
  });
  if (!isReusable || asksForClose(request)) socket.end();
}

/** Waits for recorded times, counted from now. */
function createPlayClock(socket: Socket, { surroundings, timeScale }: Replaying): (atMs: number) => Promise<void> {
  const startedAt = surroundings.now();
  const left = new AbortController();
  socket.once("close", () => left.abort());
  return async (atMs) => {
    const rest = startedAt + atMs * timeScale - surroundings.now();
    if (rest > 0 && timeScale > 0) await surroundings.wait(rest, left.signal);
  };
}

function refuse(text: string, request: WireRequest, socket: Socket): void {
  const body = JSON.stringify({ error: text });
  const head = `HTTP/1.1 501 Not Implemented\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.write(request.method === "HEAD" ? head : `${head}${body}`);
  if (asksForClose(request)) socket.end();
}

function asksForClose(request: WireRequest): boolean {
  return /\bclose\b/i.test(headerOf(request.headers, "connection") ?? "") || request.httpVersion === "HTTP/1.0";
}

/** An IPv4 client of an IPv6 port has an address with a prefix. */
function withoutPrefix(address: string): string {
  return address.replace(/^::ffff:/, "");
}
