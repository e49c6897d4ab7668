import { join } from "node:path";
import { type Heartbeat, type NodeId, nodeId, parseHeartbeat } from "@herd/shared";
import { createSteadyClock, LINK_TIME_WINDOW_MS, loadOrCreateIdentity } from "@herd/shared/link";
import type { Logger } from "pino";
import type { ModelSnapshot } from "../domain/fleet-snapshot.ts";
import { showsBackend } from "../fleet/demo/real-backends.ts";
import { type AcceptedHeartbeat, HeartbeatDoor } from "../fleet/heartbeat-door.ts";
import { LinkKeys } from "../fleet/link-keys.run.ts";
import type { Inventory, NodeRecord } from "../fleet/node-record.ts";
import { Registry } from "../fleet/registry.ts";
import type { OwnMachine } from "../http/own-machine.ts";
import type { RouterSettings } from "../settings/settings.ts";
import type { StoredNode } from "../storage/node-store.ts";
import { herdVersion } from "../version.ts";
import { createRefusalLog, type RefusalLog } from "./health/refusal-log.ts";
import type { Stores } from "./stores.ts";

/** What the fleet's parts need from outside. */
export interface FleetSources {
  readonly settings: RouterSettings;
  readonly stores: Stores;
  readonly log: Logger;
  readonly machine: OwnMachine;
  /** ms, never going back. */
  readonly monotonic: () => number;
  readonly wallAtStart: number;
  readonly medianDecodeSpeed: () => number | undefined;
  readonly onChange: () => void;
  /** A backend may be tried again: it was heard of. */
  readonly onHeardOf: (node: NodeId) => void;
}

/** Registry, heartbeat door and link keys, with the nodes of earlier runs restored. */
export function createFleetParts(sources: FleetSources) {
  const { settings, stores, monotonic } = sources;
  const stored = stores.nodes.load();
  const notBefore = Math.max(0, ...stored.map((node) => node.lastTime ?? 0));
  const clock = createSteadyClock({ wallAtStart: sources.wallAtStart, monotonic, notBefore });
  const identity = loadOrCreateIdentity(join(settings.dataDir, "router-key.pem"));
  const keys = new LinkKeys({
    identity,
    clock,
    start: `${process.pid.toString(36)}${sources.wallAtStart.toString(36)}`,
  });
  const registry = new Registry({
    now: clock.now,
    bounds: {
      get degradedAfterMs() {
        return settings.heartbeatTimeout * 1000;
      },
      get offlineAfterMs() {
        return settings.heartbeatOffline * 1000;
      },
    },
    medianDecodeSpeed: sources.medianDecodeSpeed,
    onChange: sources.onChange,
  });
  const demo = { isOpen: false };
  const refusals = createRefusalLog(clock.now);
  const door = createDoor(sources, { registry, keys, now: clock.now, demo, refusals });
  for (const node of stored) restoreNode({ registry, door }, node);
  return { registry, door, keys, clock, demo, refusals };
}

/** The fleet's parts. */
export type FleetParts = ReturnType<typeof createFleetParts>;

interface DoorParts {
  readonly registry: Registry;
  readonly keys: LinkKeys;
  readonly now: () => number;
  /** Simulated machines may report from the router's own machine while it is open. */
  readonly demo: { isOpen: boolean };
  readonly refusals: RefusalLog;
}

function createDoor(sources: FleetSources, { registry, keys, now, demo, refusals }: DoorParts): HeartbeatDoor {
  const { settings, log, machine } = sources;
  return new HeartbeatDoor({
    registry,
    now,
    isOwnAddress: machine.isOwnAddress,
    policy: {
      get allowLegacy() {
        return settings.allowLegacy;
      },
      timeWindowMs: LINK_TIME_WINDOW_MS,
      notBefore: now(),
    },
    routerVersion: herdVersion,
    isGenuine: (signature, body) => keys.isGenuine(signature, body),
    mayBeSimulated: (address) => demo.isOpen && machine.isOwnAddress(address),
    onAccepted: (accepted) => {
      const id = nodeId(accepted.nodeId);
      const { publicKey, nodeTime } = accepted;
      if (publicKey !== undefined) keys.linked(id, { publicKey, nodeTime });
      const record = registry.record(id);
      if (record === undefined || accepted.isDrain) return;
      sources.onHeardOf(id);
      keepNode(sources, { accepted, record, models: modelsOf(registry, id), at: now() });
    },
    onRefused: ({ nodeId: id, address, error }) => {
      refusals.note({ nodeId: id, address, code: error.code });
      log.warn({ node_id: id, address, code: error.code }, error.message);
    },
  });
}

interface NodeToKeep {
  readonly accepted: AcceptedHeartbeat;
  readonly record: NodeRecord;
  readonly models: Iterable<ModelSnapshot>;
  /** Unix epoch ms. */
  readonly at: number;
}

/** Notes what must be known after a restart. The demo leaves no trace in it. */
function keepNode({ stores }: FleetSources, { accepted, record, models, at }: NodeToKeep): void {
  const { heartbeat, inventory, nodeId: id } = record;
  if (heartbeat.simulated === true) return;
  const { publicKey, address, lastTime } = accepted;
  if (showsBackend(heartbeat)) stores.milestones.sawBackend();
  stores.knownModels.note(id, { models, at });
  const isLegacy = publicKey === undefined;
  stores.nodes.save({ nodeId: id, publicKey, address, isLegacy, lastTime, lastSeen: at, heartbeat, inventory });
}

function modelsOf(registry: Registry, id: NodeId) {
  return registry.node(id)?.backends.flatMap((backend) => [...backend.models.values()]) ?? [];
}

/** What was stored is read as strictly as what arrives. */
function restoreNode(
  { registry, door }: { readonly registry: Registry; readonly door: HeartbeatDoor },
  stored: StoredNode,
): void {
  const { nodeId: id, publicKey, address, lastTime } = stored;
  door.restore(id, { publicKey, address, lastTime: lastTime ?? 0 });
  const parsed = parseHeartbeat(stored.heartbeat);
  if (parsed.kind !== "report") return;
  const origin = { address, isLocal: false, publicKey };
  registry.restore({ heartbeat: withoutLoaded(parsed.heartbeat), origin, inventory: inventoryOf(stored.inventory) });
}

/** Nobody knows what is in memory after a restart. */
const withoutLoaded = (heartbeat: Heartbeat): Heartbeat => ({
  ...heartbeat,
  ollama: { ...heartbeat.ollama, models_loaded: [] },
});

function inventoryOf(stored: unknown): Inventory {
  const isInventory = typeof stored === "object" && stored !== null && "facts" in stored && "sizesGb" in stored;
  return isInventory ? (stored as Inventory) : { facts: {}, sizesGb: {} };
}
