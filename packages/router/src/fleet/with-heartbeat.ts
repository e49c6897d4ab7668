import { type BackendReading, type FieldProblem, type Heartbeat, nodeId } from "@herd/shared";
import type { NodeFinding } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { memoryKeyOf, OLLAMA_ID } from "./backends/backend-id.ts";
import { loadedKeysOf, serversOf, withNothingLoaded, withServers } from "./backends/servers-of.ts";
import type { Inventory, NodeOrigin, NodeRecord, SeenLoaded } from "./node-record.ts";
import { withoutGone } from "./record-changes.ts";

/** Clocks that differ by more than this are worth a finding, ms. */
const CLOCK_SKEW_FINDING_MS = 30_000;

/** A heartbeat with where it came from and what had to be dropped of it. */
export interface IncomingHeartbeat {
  readonly heartbeat: Heartbeat;
  readonly origin: NodeOrigin;
  readonly dropped: readonly FieldProblem[];
}

/** The record of a node after a heartbeat: the newest readings, kept inventory, and when models left memory. */
export function withHeartbeat(previous: NodeRecord | undefined, incoming: IncomingHeartbeat, now: number): NodeRecord {
  const { origin } = incoming;
  const freshNames = stillFresh(previous, incoming.heartbeat, now);
  const told = withKnownModels(incoming.heartbeat, previous?.heartbeat);
  const left = withoutGone(previous ?? NOTHING_GONE, told, now);
  const heartbeat = withNames(left.heartbeat, [...freshNames.keys()]);
  const loadedNow = loadedKeysOf(heartbeat);
  return {
    nodeId: nodeId(heartbeat.node_id),
    origin,
    heartbeat,
    inventory: mergeInventory(previous?.inventory, heartbeat),
    lastHeartbeatAt: now,
    isDraining: false,
    isCordoned: previous?.isCordoned ?? false,
    isRefusing: false,
    signs: new Map(),
    unloadedAt: unloadTimes(previous, loadedNow, now),
    seenLoaded: keepSeen(previous, { heartbeat, loadedNow, now }),
    freshNames,
    goneFromDisk: left.goneFromDisk,
    goneFromMemory: left.goneFromMemory,
    foundVersion: previous?.foundVersion,
    findings: findingsOf(incoming, now),
    useFindings: previous?.useFindings ?? [],
  };
}

const NOTHING_GONE: Pick<NodeRecord, "goneFromDisk" | "goneFromMemory"> = {
  goneFromDisk: new Map(),
  goneFromMemory: new Map(),
};

/** A backend that does not answer still has what it had on disk; nothing of it is in memory. */
function withKnownModels(heartbeat: Heartbeat, previous: Heartbeat | undefined): Heartbeat {
  if (previous === undefined) return heartbeat;
  const known = serversOf(previous);
  const complete = withServers(heartbeat, (server) => withKnownServed(server, known));
  const { ollama } = heartbeat;
  if (ollama.reachable !== false || ollama.models_available.length > 0) return complete;
  return { ...complete, ollama: { ...ollama, models_available: previous.ollama.models_available } };
}

function withKnownServed(server: BackendReading, known: readonly BackendReading[]): BackendReading {
  const before = known.find(({ path }) => path === server.path);
  if (server.is_reachable || before === undefined || server.models.length > 0) return server;
  const { models, served } = withNothingLoaded(before);
  return { ...server, models, ...(served === undefined ? {} : { served }) };
}

/** An agent looks at its disk every few seconds: for this long it may not have seen a model that was just pulled, ms. */
const FRESH_HOLDS_MS = 20_000;

/** Names that the node itself listed a moment ago, and its agent has not seen yet. */
function stillFresh(previous: NodeRecord | undefined, { ollama }: Heartbeat, now: number): ReadonlyMap<string, number> {
  if (previous === undefined || previous.freshNames.size === 0 || ollama.reachable === false) return new Map();
  const shown = new Set(ollama.models_available);
  return new Map([...previous.freshNames].filter(([name, at]) => !shown.has(name) && now - at < FRESH_HOLDS_MS));
}

function withNames(heartbeat: Heartbeat, names: readonly string[]): Heartbeat {
  if (names.length === 0) return heartbeat;
  const { ollama } = heartbeat;
  return { ...heartbeat, ollama: { ...ollama, models_available: [...ollama.models_available, ...names] } };
}

/** Facts and sizes that a heartbeat leaves out stay as they were last sent; those of names that are gone go too. */
function mergeInventory(previous: Inventory | undefined, { ollama }: Heartbeat): Inventory {
  const names = new Set(ollama.models_available);
  const keep = <Value>(record: Readonly<Record<string, Value>> | undefined): Record<string, Value> =>
    Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => names.has(name)));
  return {
    facts: { ...keep(previous?.facts), ...(ollama.models_available_meta ?? {}) },
    sizesGb: { ...keep(previous?.sizesGb), ...(ollama.models_available_sizes ?? {}) },
  };
}

function unloadTimes(
  previous: NodeRecord | undefined,
  loadedNow: ReadonlySet<string>,
  now: number,
): ReadonlyMap<string, number> {
  const times = new Map(previous?.unloadedAt);
  for (const key of previous === undefined ? [] : loadedKeysOf(previous.heartbeat)) {
    if (!loadedNow.has(key)) times.set(key, now);
  }
  for (const key of loadedNow) times.delete(key);
  return times;
}

interface Beat {
  readonly heartbeat: Heartbeat;
  readonly loadedNow: ReadonlySet<string>;
  /** Unix epoch ms. */
  readonly now: number;
}

/** A report that was on its way while the model was loaded tells of the time before, ms. */
const REPORT_ON_ITS_WAY_MS = 2_000;

/**
 * What was seen is over once a heartbeat that showed the model in memory is followed by one that does not, and once the
 * model shows another context than after the load that was seen: somebody else has loaded it anew.
 */
function keepSeen(previous: NodeRecord | undefined, { heartbeat, loadedNow, now }: Beat): NodeRecord["seenLoaded"] {
  if (previous === undefined || previous.seenLoaded.size === 0) return new Map();
  const before = loadedKeysOf(previous.heartbeat);
  const contexts = contextsOf(heartbeat);
  const kept = new Map<string, SeenLoaded>();
  for (const [key, seen] of previous.seenLoaded) {
    const isOver = !loadedNow.has(key) && before.has(key);
    const still = isOver ? undefined : sightAfter(seen, contexts.get(key) ?? 0, now);
    if (still !== undefined) kept.set(key, still);
  }
  return kept;
}

/** undefined when the reported context shows that another load came after the one that was seen. */
function sightAfter(seen: SeenLoaded, context: number, now: number): SeenLoaded | undefined {
  if (context === 0 || context === seen.reported) return seen;
  if (seen.reported !== undefined) return undefined;
  if (context !== seen.exact && context === seen.before && now - seen.at < REPORT_ON_ITS_WAY_MS) return seen;
  return mayStandFor(context, seen) ? { ...seen, reported: context } : undefined;
}

/** Ollama clips a wish to what the model was trained for, and raises what is too small for it; a silent load shows any context. */
function mayStandFor(context: number, { terms, exact }: SeenLoaded): boolean {
  if (terms === undefined) return false;
  if (exact !== undefined) return context === exact;
  const { numCtx } = terms;
  return numCtx === undefined || context <= numCtx || numCtx < LARGEST_RAISED;
}

/** Models that see get at least so much context, tokens. */
const LARGEST_RAISED = 2048;

/** Contexts of the models in the Ollama's memory, by key. */
function contextsOf({ ollama }: Heartbeat): ReadonlyMap<string, number> {
  return new Map(
    ollama.models_loaded.flatMap(({ name, context_length }) => {
      const key = modelKeyOf(name);
      return key === undefined ? [] : [[memoryKeyOf(OLLAMA_ID, key), context_length] as const];
    }),
  );
}

function findingsOf({ heartbeat, dropped, origin }: IncomingHeartbeat, now: number): readonly NodeFinding[] {
  const findings: NodeFinding[] = dropped.map(({ path, reason }) => ({
    id: "heartbeat_field",
    text: `${path} could not be read: ${reason}`,
    fix: "Run the same version of herd-node and herd",
  }));
  const skewMs = heartbeat.timestamp === undefined ? 0 : heartbeat.timestamp * 1000 - now;
  if (Math.abs(skewMs) > CLOCK_SKEW_FINDING_MS) {
    findings.push({
      id: "clock_skew",
      text: `its clock differs from the router's by ${Math.round(skewMs / 1000)} s`,
      fix: "Switch on automatic time on that machine",
    });
  }
  if (isBehindNothing({ origin, heartbeat })) findings.push(GATEWAY_MISSING);
  return [...findings, ...silentServers(heartbeat)];
}

/** Somebody named these servers; one that is starting needs nobody's help. */
function silentServers(heartbeat: Heartbeat): readonly NodeFinding[] {
  const silent = serversOf(heartbeat).filter((server) => !server.is_reachable && server.is_starting !== true);
  return silent.map(({ path, software = "server", url = path, error = "no reason told" }) => ({
    id: `backend_unreachable${path}`,
    text: `its ${software} at ${url} cannot be used: ${error}`,
    fix: "Start it there, or start herd-node without its --backend",
  }));
}

const GATEWAY_MISSING: NodeFinding = {
  id: "gateway_missing",
  text: "its gateway is not open, so what it lends cannot be reached",
  fix: "See what herd-node prints there; mostly its port is taken: start it with another --gateway-port",
};

/** An agent of ours on another machine without a gateway: its Ollama listens on its own loopback, and nothing leads there. */
export function isBehindNothing({ origin, heartbeat }: Pick<NodeRecord, "origin" | "heartbeat">): boolean {
  return origin.publicKey !== undefined && !origin.isLocal && (heartbeat.gateway ?? undefined) === undefined;
}
