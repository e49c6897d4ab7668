import { fileURLToPath } from "node:url";
import { fleetIdOf } from "@herd/shared/link";
import { assemble } from "./composition/assemble.ts";
import { listen } from "./composition/listen.ts";
import type { Router, RouterSurroundings } from "./composition/router.ts";
import { addRoutes } from "./composition/routes.ts";
import { advertise } from "./composition/run/advertise.ts";
import { startIdleCollection } from "./composition/run/start-idle-collection.ts";
import { createServerParts } from "./composition/server-parts.ts";
import { stopGracefully } from "./composition/stop.ts";
import { tellFleet } from "./composition/voice/tell-fleet.ts";
import { readOwnMachine } from "./http/own-machine.ts";
import { packagesFolder } from "./places.ts";
import { LiveSettings } from "./settings/live/live-settings.ts";
import type { RouterSettings } from "./settings/settings.ts";

const builtDashboard = fileURLToPath(new URL("../dashboard/dist", packagesFolder));

/**
 * Builds every part, wires them and listens.
 * @throws HerdError HERD_DATA_FOLDER, HERD_DATABASE_NEWER, HERD_PORT_TAKEN.
 */
export async function start(given: RouterSettings, surroundings: RouterSurroundings): Promise<Router> {
  const { log, writeRequestLine, dashboardDirectory = builtDashboard, resolveWith } = surroundings;
  const live = new LiveSettings({ values: given, resolveWith });
  const settings = live.values;
  const now = (): number => performance.now();
  const machine = readOwnMachine(now);
  const assembly = assemble({ live, log, writeLine: writeRequestLine, machine, now });
  const { server } = createServerParts({
    settings,
    machine,
    now,
    log: log.child({ logger: "http" }, { level: "warn" }),
  });
  await addRoutes(server, { ...assembly, settings, dashboardDirectory, nextChange: assembly.news.next });
  const fleet = { snapshot: () => assembly.fleet.registry.snapshot(), onNews: assembly.news.onNews };
  tellFleet({ fleet, log: log.child({ logger: "voice" }), now: assembly.fleet.clock.now });
  const stop = stopGracefully({ ...assembly, server, drainMs: () => settings.drainTimeoutS * 1000 });
  const address = await listen(server, settings, () => stop.now());
  assembly.stores.tellPort(address.port);
  startIdleCollection(assembly);
  const { publicKey } = assembly.fleet.keys;
  const withdraw = advertise({ settings, server, publicKey, log: log.child({ logger: "mdns" }) });
  const close = async (): Promise<void> => {
    await Promise.all([withdraw(), stop.gracefully()]);
  };
  return { address, close, closeNow: stop.now, fleetId: fleetIdOf(publicKey), fleet, demo: assembly.demo };
}
