import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { AccessPolicy } from "../http/access-policy.ts";
import { HeldBytes } from "../http/held-bytes.ts";
import type { OwnMachine } from "../http/own-machine.ts";
import { collectRouteMethods } from "../http/route-methods.ts";
import { createServer } from "../http/server.ts";
import { encodeForPath } from "../protocols/encode-for-path.ts";
import type { RouterSettings } from "../settings/settings.ts";

/** What the server needs from outside. */
export interface ServerSources {
  readonly settings: RouterSettings;
  readonly machine: OwnMachine;
  /** ms, never going back. */
  readonly now: () => number;
  readonly log: Logger;
}

const MIB = 2 ** 20;

/** The HTTP server without routes, and the count of the bodies it holds. */
export function createServerParts({ settings, machine, now, log }: ServerSources): {
  server: FastifyInstance;
  held: HeldBytes;
} {
  const held = new HeldBytes({ perBody: settings.maxBodyMb * MIB, together: settings.maxHeldMb * MIB });
  const policy = new AccessPolicy({
    lanNetworks: settings.lanNetworks,
    trustedProxies: settings.trustedProxies,
    allowedHosts: settings.allowedHosts,
    ownNames: machine.names,
    ownNetworks: machine.networks,
  });
  const server: FastifyInstance = createServer({
    policy,
    held,
    now,
    log,
    encodeError: encodeForPath,
    methodsOf: (path) => methodsOf(path),
  });
  const methodsOf = collectRouteMethods(server);
  return { server, held };
}
