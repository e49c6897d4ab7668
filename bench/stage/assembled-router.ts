/** The router's own parts in this process, assembled as its start does, but without its HTTP server and its timers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRootLogger, readSettings } from "@herd/router";
import { parseHeartbeat } from "@herd/shared";
import { type Assembly, assemble } from "../../packages/router/src/composition/assemble.ts";
import { readOwnMachine } from "../../packages/router/src/http/own-machine.ts";
import { LiveSettings } from "../../packages/router/src/settings/live/live-settings.ts";
import { heartbeatBody, type NodePlan } from "../nodes/heartbeat-body.ts";

/** Assembled parts with a data folder of their own. */
export interface AssembledRouter extends Assembly {
  readonly dataDir: string;
  /** Takes a heartbeat with the whole inventory, as if it had come over the wire. */
  readonly take: (plan: NodePlan) => void;
  readonly stop: () => void;
}

/**
 * Assembles a router with the settings of a user; heartbeats never grow old, since nobody repeats them.
 * @param folder for its database, which then stays; default: one that goes with it.
 */
export function assembleRouter({ folder }: { readonly folder?: string } = {}): AssembledRouter {
  const dataDir = folder ?? mkdtempSync(join(tmpdir(), "herd-bench-"));
  const env = { FLEET_DATA_DIR: dataDir, FLEET_HEARTBEAT_TIMEOUT: "3600", FLEET_HEARTBEAT_OFFLINE: "86400" };
  const { values: settings, problems } = readSettings({ flags: {}, env, homeDir: dataDir });
  if (problems.length > 0) throw new Error(problems.map(({ text }) => text).join("; "));
  const now = (): number => performance.now();
  const log = createRootLogger([], Date.now);
  const assembly = assemble({
    live: new LiveSettings({ values: settings }),
    log,
    writeLine: undefined,
    machine: readOwnMachine(now),
    now,
  });
  assembly.upkeep.stop();
  return {
    ...assembly,
    dataDir,
    take: (plan) => {
      const parsed = parseHeartbeat(heartbeatBody(plan, true));
      if (parsed.kind !== "report") throw new Error("the bench writes heartbeats that nobody can read");
      const origin = { address: "127.0.0.1", isLocal: true, publicKey: plan.id };
      assembly.fleet.registry.accept({ heartbeat: parsed.heartbeat, origin, dropped: parsed.dropped });
    },
    stop: () => {
      assembly.health.close();
      void assembly.metering.stop();
      assembly.stores.close();
      if (folder === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
