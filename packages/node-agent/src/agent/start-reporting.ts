import { arch, availableParallelism } from "node:os";
import type { LocalOllama } from "../backends/ollama/local-ollama.ts";
import type { LocalServers } from "../backends/openai-compatible/local-servers.ts";
import type { RouterWay } from "../discovery/router-way.ts";
import type { Logs } from "../log/create-logs.ts";
import type { MachineReadings } from "../probes/machine-readings.ts";
import { roughMemory } from "../probes/memory.ts";
import { readSystem } from "../probes/system.ts";
import { composeHeartbeat } from "./compose-heartbeat.ts";
import type { Delivery } from "./delivery.ts";
import { type BeatFailures, type HeartbeatLoop, startHeartbeats } from "./heartbeat-loop.ts";
import { createInventoryReport } from "./inventory-report.ts";
import { type LinkState, nextLinkState } from "./link-state.ts";
import type { Membership } from "./membership.ts";
import { createObey } from "./obey.ts";

/** What reporting to the router needs. */
export interface ReportingDependencies {
  readonly nodeId: string;
  readonly way: Pick<RouterWay, "url" | "noteDelivery">;
  readonly ollamaHost: string;
  readonly periodMs: number;
  readonly membership: Membership;
  readonly ollama: LocalOllama;
  readonly servers: Pick<LocalServers, "current">;
  readonly machine: () => Partial<MachineReadings>;
  readonly gatewayPort: () => number | undefined;
  readonly logs: Logs;
  /** The agent's clock, Unix epoch ms. */
  readonly now: () => number;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  readonly random: () => number;
}

/** Least time between two heartbeats that the router itself asks for, ms. */
const LEAST_ASKED_GAP_MS = 1_000;

/** Sends heartbeats, obeys what comes back, and tells the owner when the standing with the router changes. */
export function startReporting(dependencies: ReportingDependencies): HeartbeatLoop {
  const { nodeId, way, periodMs, membership, ollama, logs, monotonic, random } = dependencies;
  const log = logs("agent");
  const report = createInventoryReport(monotonic);
  let link: LinkState = { kind: "new" };
  let askedAt = Number.NEGATIVE_INFINITY;

  let routerUrl = "";

  const beat = async (failures: BeatFailures): Promise<Delivery> => {
    const url = way.url();
    if (url === undefined) return { kind: "unsent" };
    routerUrl = url;
    const state = ollama.current();
    const isInventoryFull = state.isReachable && report.isDue(state.inventory);
    const heartbeat = composeHeartbeat({ ...factsOf(dependencies), ollama: state, isInventoryFull, failures });
    const delivery = await membership.deliver(Buffer.from(JSON.stringify(heartbeat)));
    if (delivery.kind !== "accepted") report.ask();
    else if (isInventoryFull) report.arrived(state.inventory);
    return delivery;
  };
  const obey = createObey({
    log,
    actions: {
      reportInventory: () => {
        report.ask();
        ollama.readInventoryAgain();
        // Without an answering Ollama there is nothing to report; its return sends a heartbeat by itself.
        const isUseful = ollama.current().isReachable && monotonic() - askedAt >= LEAST_ASKED_GAP_MS;
        askedAt = monotonic();
        if (isUseful) loop.beatNow();
      },
    },
  });
  const onDelivery = (delivery: Delivery): void => {
    const { state, announcement } = nextLinkState(link, delivery, { nodeId, routerUrl });
    link = state;
    if (announcement !== undefined) log[announcement.level]({ node_id: nodeId }, announcement.text);
    way.noteDelivery(delivery, routerUrl);
    if (delivery.kind === "accepted") obey(delivery.reply.commands);
  };
  const loop = startHeartbeats({ periodMs, beat, onDelivery, monotonic, random });
  return loop;
}

/** What every heartbeat of this machine tells, as it is now. */
function factsOf({ nodeId, ollamaHost, ollama, servers, machine, gatewayPort, now }: ReportingDependencies) {
  return {
    nodeId,
    ollamaHost,
    now: now(),
    arch: arch(),
    machine: machine(),
    rough: { cpu: { cores_physical: availableParallelism(), utilization_pct: 0 }, memory: roughMemory() },
    system: readSystem(),
    ollamaStart: ollama.start(),
    servers: servers.current(),
    gatewayPort: gatewayPort(),
  };
}
