import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type BackendRoutesDependencies, createBackendRoutes, LARGEST_HEADERS_BYTES } from "./backend-routes.ts";
import { createCallCount } from "./call-count.ts";
import { createGuard, type Denial, type Guard, type GuardDependencies } from "./guard.ts";
import { answerMyself, type OwnAnswer } from "./own-answer.ts";

/** The authenticated port through which the router reaches this machine's backends. */
export interface Gateway {
  /** TCP port while it is open. */
  port(): number | undefined;
  /** Takes no new calls; resolves when the running ones have ended, or after `boundMs`. */
  drain(boundMs: number): Promise<void>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** What a gateway needs. */
export interface GatewayDependencies extends GuardDependencies, BackendRoutesDependencies {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly onOpen: (port: number) => void;
  /** The port cannot be opened; it is tried again every `retryMs`. */
  readonly onBlocked: (error: NodeJS.ErrnoException) => void;
  readonly onDenied: (denial: Denial, address: string | undefined) => void;
  /** Default 5 s. */
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;

/** Opens the port, or keeps trying to. */
export function openGateway(dependencies: GatewayDependencies): Gateway {
  const { host, port, onOpen, onBlocked, retryMs = RETRY_MS } = dependencies;
  const guard = createGuard(dependencies);
  const routes = createBackendRoutes(dependencies);
  const calls = createCallCount();
  let isDraining = false;
  let retry: NodeJS.Timeout | undefined;

  const server = createGuardedServer(guard, (call, response) => {
    const answer = ownAnswerTo(call, { guard, isDraining, onDenied: dependencies.onDenied });
    if (answer !== undefined) return answerMyself(call, response, answer);
    calls.begin(response);
    routes.relay(call, response);
  });
  const boundPort = (): number | undefined => (server.address() as AddressInfo | null)?.port;
  const listen = (): void => {
    server.listen({ host, port });
  };
  server.on("listening", () => onOpen(boundPort() ?? port));
  server.on("error", (error) => {
    onBlocked(error);
    retry = setTimeout(listen, retryMs).unref();
  });
  listen();

  const drain = (boundMs: number): Promise<void> => {
    isDraining = true;
    return calls.ended(boundMs);
  };
  const close = async (): Promise<void> => {
    clearTimeout(retry);
    server.close();
    server.closeAllConnections();
    await routes.close();
  };
  return { port: boundPort, drain, close };
}

interface Judging {
  readonly guard: Guard;
  readonly isDraining: boolean;
  readonly onDenied: GatewayDependencies["onDenied"];
}

function ownAnswerTo(call: IncomingMessage, { guard, isDraining, onDenied }: Judging): OwnAnswer | undefined {
  const denial = guard.judge(call);
  if (denial !== undefined) {
    onDenied(denial, call.socket.remoteAddress);
    const status = denial.refusal === "refused" ? 403 : 401;
    return { status, mark: denial.refusal, reason: denial.reason };
  }
  return isDraining ? { status: 503, mark: "unreachable", reason: "this node is shutting down" } : undefined;
}

/** The router's idle connections are kept a little longer than it keeps them itself, ms. */
const KEEP_ALIVE_MS = 75_000;
/** A connection is probed when nothing has come for this long, ms. */
const PROBE_AFTER_MS = 15_000;
/** A stranger's connection is closed when it is silent for this long, ms. */
const STRANGER_IDLE_MS = 5_000;

/** A server that gives no answer of its own but those of `take`; what cannot be read as HTTP is cut. */
function createGuardedServer(guard: Guard, take: (call: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer({
    maxHeaderSize: LARGEST_HEADERS_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A router's machine that vanished sends no end: without this a silent call, such as a load, would run on for nobody.
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    requestTimeout: 0,
    requireHostHeader: false,
  });
  server.on("request", take).on("checkExpectation", take);
  server.on("clientError", (_error, socket) => socket.destroy());
  server.on("connection", (socket) => {
    if (!guard.isRouter(socket.remoteAddress)) socket.setTimeout(STRANGER_IDLE_MS, () => socket.destroy());
  });
  return server;
}
