import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { isBeyondLoopback } from "../../fleet/advertising/advertisement-of.ts";
import type { RouterSettings } from "../../settings/settings.ts";

/** What advertising needs of the running router. */
export interface AdvertisingParts {
  readonly settings: RouterSettings;
  /** Listening. */
  readonly server: FastifyInstance;
  readonly publicKey: string;
  readonly log: Logger;
}

/**
 * Starts to announce a router that others can reach, beside everything else: the code is loaded only now, and nothing waits for it.
 * Returns what takes the announcement back.
 */
export function advertise({ settings, server, publicKey, log }: AdvertisingParts): () => Promise<void> {
  const bound = server.server.address();
  const isWanted = settings.mdns && typeof bound === "object" && bound !== null && isBeyondLoopback(bound.address);
  if (!isWanted) return () => Promise.resolve();
  let isOver = false;
  const { mdnsName: name, mdnsType: type } = settings;
  const { address, port } = bound;
  const started = import("../../fleet/advertising/advertise.run.ts")
    .then(({ startAdvertising }) =>
      isOver ? undefined : startAdvertising({ name, type, address, port, publicKey, log }),
    )
    .catch((error: unknown) => {
      log.warn(
        { exception: error },
        "the router cannot be announced by mDNS. Fix: set mdns to false, agents then need --router-url",
      );
      return undefined;
    });
  return async () => {
    isOver = true;
    await (await started)?.withdraw();
  };
}
