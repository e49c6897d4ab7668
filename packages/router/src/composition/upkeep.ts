import type { NodeId } from "@herd/shared";
import type { Logger } from "pino";
import type { Pools } from "../dispatch/pools.run.ts";
import { type AskBackend, readWhatAgentsLeaveOut } from "../fleet/ask-nodes.run.ts";
import { Watch } from "../fleet/watch.run.ts";
import type { RouterSettings } from "../settings/settings.ts";
import type { FleetParts } from "./fleet-parts.ts";
import type { News } from "./news.ts";
import type { ServingParts } from "./serving-parts.ts";

/** What the background loops work on. */
export interface UpkeepSources {
  readonly settings: RouterSettings;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly news: News;
  readonly log: Logger;
  /** Stores what was learned since the last time. */
  readonly keepLearned: () => void;
}

/** How often waiting requests are looked through for deadlines and due probes, ms. */
const ADMISSION_TICK_MS = 250;
const WATCH_TICK_MS = 1_000;
const TRAITS_TICK_MS = 5_000;
const LEARNED_TICK_MS = 5_000;

/** The running background loops. */
export interface Upkeep {
  readonly ask: AskBackend;
  readonly checkNode: (node: NodeId) => void;
  readonly stop: () => void;
}

/** Starts the loops: deadlines, liveness, missing facts; and lets waiting requests hear of every change of the fleet. */
export function startUpkeep({ settings, fleet, serving, news, log, keepLearned }: UpkeepSources): Upkeep {
  const { registry } = fleet;
  const watch = new Watch({
    registry,
    now: fleet.clock.now,
    get probeAfterMs() {
      return settings.missProbeS * 1000;
    },
    connectTimeoutMs: settings.connectTimeoutMs,
    onVanished: (node, detail) => {
      const ended = serving.running.endAll(node, detail);
      // That a machine is gone is told with the fleet's news; that requests were running there is told here.
      log[ended > 0 ? "warn" : "debug"]({ node_id: node, attempts: ended }, `a node does not answer: ${detail}`);
    },
    onStatus: (node) => log.debug({ node_id: node.nodeId }, `a node is ${node.status}`),
  });
  const ask = createAsk(fleet, serving.pools);
  news.onNews(() => serving.admission.pump());
  const timers = [
    setInterval(() => serving.admission.tick(), ADMISSION_TICK_MS),
    setInterval(() => watch.tick(), WATCH_TICK_MS),
    setInterval(
      oneAtATime(() => readWhatAgentsLeaveOut(registry, ask)),
      TRAITS_TICK_MS,
    ),
    setInterval(keepLearned, LEARNED_TICK_MS),
  ];
  for (const timer of timers) timer.unref();
  return {
    ask,
    checkNode: (id) => {
      const node = registry.snapshot().nodes.find((known) => known.nodeId === id);
      if (node !== undefined) watch.check(node, "its backend refuses connections");
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      keepLearned();
    },
  };
}

/** Leaves a turn out while the last one is not over: nodes that answer slowly are not asked twice for the same. */
function oneAtATime(run: () => Promise<void>): () => void {
  let isRunning = false;
  return () => {
    if (isRunning) return;
    isRunning = true;
    void run().finally(() => {
      isRunning = false;
    });
  };
}

function createAsk({ keys }: FleetParts, pools: Pools): AskBackend {
  return async ({ node, backend, method, path, body, timeoutMs }) => {
    const full = backend.route.prefix + path;
    const headers = [...keys.sign(node, { method, path: full }), "content-type", "application/json"];
    try {
      const response = await pools.of(backend.route.origin).request({
        method,
        path: full,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.body.text();
      return response.statusCode === 200 ? JSON.parse(text) : undefined;
    } catch {
      // A node that does not answer has told enough: it is asked again when there is a reason.
      return undefined;
    }
  };
}
