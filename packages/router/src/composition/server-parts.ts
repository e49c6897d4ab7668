import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { AccessPolicy } from "../http/access-policy.ts";
import { createSpool, type SpoolBody } from "../http/bodies/spool-body.ts";
import { createOriginRule } from "../http/cors/origin-rule.ts";
import { HeldBytes, type HeldLimits } from "../http/held-bytes.ts";
import type { DoorRules } from "../http/meet-caller.ts";
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
  const held = new HeldBytes(limitsOf(settings));
  const server: FastifyInstance = createServer({
    rules: createDoorRules(settings, machine),
    held,
    now,
    log,
    encodeError: encodeForPath,
    methodsOf: (path) => methodsOf(path),
  });
  const methodsOf = collectRouteMethods(server);
  return { server, held };
}

/** The door for uploads. What lies on disk has the same bounds as what is held in memory, counted apart from it. */
export function createUploadDoor(settings: RouterSettings): SpoolBody {
  const { gc } = globalThis;
  return createSpool({
    directory: join(settings.dataDir, "tmp"),
    held: new HeldBytes(limitsOf(settings)),
    collectPassed: gc === undefined ? undefined : () => gc({ type: "minor", execution: "sync" }),
  });
}

/** The bounds of this moment. */
function limitsOf(settings: RouterSettings): HeldLimits {
  return {
    get perBody() {
      return settings.maxBodyMb * MIB;
    },
    get together() {
      return settings.maxHeldMb * MIB;
    },
  };
}

/** The rules are made anew when a setting that they are made of has changed. */
function createDoorRules(settings: RouterSettings, machine: OwnMachine): () => DoorRules {
  const lists = () => [settings.corsOrigins, settings.lanNetworks, settings.trustedProxies, settings.allowedHosts];
  let madeOf = lists();
  let rules = doorRulesOf(settings, machine);
  return () => {
    const present = lists();
    if (present.some((list, at) => list !== madeOf[at])) {
      madeOf = present;
      rules = doorRulesOf(settings, machine);
    }
    return rules;
  };
}

function doorRulesOf(settings: RouterSettings, machine: OwnMachine): DoorRules {
  const origins = createOriginRule(settings.corsOrigins);
  const policy = new AccessPolicy({
    lanNetworks: settings.lanNetworks,
    trustedProxies: settings.trustedProxies,
    allowedHosts: settings.allowedHosts,
    ownNames: machine.names,
    ownNetworks: machine.networks,
    isListedOrigin: origins.isListed,
  });
  return { policy, origins };
}
