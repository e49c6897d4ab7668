import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Benchmark } from "../benchmark/benchmark.run.ts";
import { addHealthRoutes } from "../http/health-routes.ts";
import type { RunningMetering } from "./metering/start-metering.ts";
import type { ServingParts } from "./serving-parts.ts";
import type { Stores } from "./stores.ts";
import type { Upkeep } from "./upkeep.ts";

/** What stops. */
export interface StopParts {
  readonly server: FastifyInstance;
  readonly serving: ServingParts;
  readonly upkeep: Upkeep;
  readonly metering: Pick<RunningMetering, "stop">;
  readonly benchmark: Pick<Benchmark, "close">;
  readonly models: { readonly close: () => void };
  readonly health: { readonly close: () => void };
  readonly advice: { readonly close: () => Promise<void> };
  readonly stores: Stores;
  /** How long running and waiting requests may go on, ms. */
  readonly drainMs: () => number;
}

/** The two ways to stop. Both end with everything written; calling either again does nothing new. */
export interface Stop {
  readonly gracefully: () => Promise<void>;
  readonly now: () => void;
}

/** How often it is looked whether all requests have ended, ms. */
const LOOK_EVERY_MS = 10;
/** Time for answers that take no slot, such as lists, when everything else has ended, ms. */
const LAST_ANSWERS_MS = 250;
/** The same when somebody is in a hurry, ms. */
const HURRIED_ANSWERS_MS = 100;

/**
 * Builds the two ways to stop, and the routes that tell whether it stops. Call it before the server listens.
 *
 * While it stops, the port stays open: newcomers get a 503 in their dialect instead of a refused connection, nodes go on
 * reporting so that waiting requests can still be served, and every answer ends its connection.
 */
export function stopGracefully(parts: StopParts): Stop {
  const sockets = watchSockets(parts.server);
  let stopping: Promise<void> | undefined;
  let mustHurry = false;
  const gracefully = (): Promise<void> => {
    stopping ??= stop({ ...parts, sockets, mustHurry: () => mustHurry });
    return stopping;
  };
  addHealthRoutes(parts.server, () => stopping === undefined);
  return {
    gracefully,
    now: () => {
      mustHurry = true;
      void gracefully();
    },
  };
}

interface Stopping extends StopParts {
  readonly sockets: ReadonlySet<Socket>;
  readonly mustHurry: () => boolean;
}

async function stop(parts: Stopping): Promise<void> {
  const { server, serving, upkeep, metering, stores, drainMs, mustHurry } = parts;
  const deadline = performance.now() + drainMs();
  // Its requests are ours: nobody waits for them.
  const measured = Promise.all([parts.benchmark.close(), parts.advice.close()]);
  serving.admission.close("HERD_SHUTTING_DOWN");
  endConnectionsWithAnswers(server);
  await waitWhile(() => hasRequests(serving) && performance.now() < deadline && !mustHurry());
  const isOutOfTime = hasRequests(serving);
  serving.admission.evictAll("HERD_SHUTTING_DOWN");
  if (isOutOfTime) serving.running.endEverything("the router is stopping");
  await closeServer(parts, deadline);
  // Those without a slot: their nodes are to hear of it.
  serving.running.endEverything("the router is stopping");
  await waitWhile(() => hasRequests(serving), LAST_ANSWERS_MS);
  await measured;
  parts.health.close();
  parts.models.close();
  upkeep.stop();
  await metering.stop();
  await serving.pools.destroy();
  stores.close();
}

/** Lets the last answers leave, then cuts every connection; resolves when none is left. */
async function closeServer({ server, sockets, mustHurry }: Stopping, deadline: number): Promise<void> {
  const since = performance.now();
  let isClosed = false;
  const closed = server.close().then(() => {
    isClosed = true;
  });
  const mayWait = (): boolean => {
    const now = performance.now();
    if (now - since < (mustHurry() ? HURRIED_ANSWERS_MS : LAST_ANSWERS_MS)) return true;
    return !mustHurry() && now < deadline && hasUnsentBytes(sockets);
  };
  await waitWhile(() => !isClosed && mayWait());
  server.server.closeAllConnections();
  await closed;
}

const hasRequests = ({ book, admission }: ServingParts): boolean =>
  book.inFlight() + admission.waitingCount() + admission.heldCount() > 0;

/** A client that reads slowly has its answer in our memory when the node is long done. */
const hasUnsentBytes = (sockets: ReadonlySet<Socket>): boolean =>
  [...sockets].some((socket) => socket.writableLength > 0);

function endConnectionsWithAnswers(server: FastifyInstance): void {
  server.server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
}

function watchSockets(server: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

/** Waits while it is so, and no longer than this, ms. */
async function waitWhile(isSo: () => boolean, longestMs = Number.POSITIVE_INFINITY): Promise<void> {
  const until = performance.now() + longestMs;
  while (isSo() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
