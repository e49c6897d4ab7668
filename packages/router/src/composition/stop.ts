import type { FastifyInstance } from "fastify";
import type { ServingParts } from "./serving-parts.ts";
import type { Stores } from "./stores.ts";
import type { Upkeep } from "./upkeep.ts";

/** What stops. */
export interface StopParts {
  readonly server: FastifyInstance;
  readonly serving: ServingParts;
  readonly upkeep: Upkeep;
  readonly stores: Stores;
  /** How long running and waiting requests may go on, ms. */
  readonly drainMs: number;
}

/** How often it is looked whether all requests have ended, ms. */
const LOOK_EVERY_MS = 25;

/** Builds the two ways to stop. Both end with everything written; calling either again does nothing new. */
export function stopGracefully(parts: StopParts): {
  readonly gracefully: () => Promise<void>;
  readonly now: () => void;
} {
  const { server, serving, upkeep, stores, drainMs } = parts;
  let stopping: Promise<void> | undefined;
  let mustHurry = false;
  const requestsLeft = (): number =>
    serving.book.inFlight() + serving.admission.waitingCount() + serving.admission.heldCount();
  const stop = async (): Promise<void> => {
    serving.admission.close("HERD_SHUTTING_DOWN");
    const closed = server.close();
    const deadline = performance.now() + drainMs;
    while (requestsLeft() > 0 && performance.now() < deadline && !mustHurry) await pause(LOOK_EVERY_MS);
    serving.admission.evictAll("HERD_SHUTTING_DOWN");
    serving.running.endEverything("the router is stopping");
    // The last answers leave before their connections are cut.
    await pause(LOOK_EVERY_MS);
    server.server.closeAllConnections();
    await closed;
    upkeep.stop();
    await serving.pools.destroy();
    stores.close();
  };
  const gracefully = (): Promise<void> => {
    stopping ??= stop();
    return stopping;
  };
  return {
    gracefully,
    now: () => {
      mustHurry = true;
      void gracefully();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
