import { join } from "node:path";
import { createSteadyClock, type Identity, loadOrCreateIdentity } from "@herd/shared/link";
import { createLogFile, type LogFile } from "@herd/shared/log-file";
import { createMembership } from "./agent/membership.ts";
import { createRouterCalls } from "./agent/router-calls.ts";
import { startReporting } from "./agent/start-reporting.ts";
import { type LocalOllama, openLocalOllama } from "./backends/ollama/local-ollama.ts";
import type { Environment } from "./backends/ollama/ollama-environment.ts";
import { type LocalServers, openLocalServers } from "./backends/openai-compatible/local-servers.ts";
import { findWay } from "./discovery/find-way.ts";
import { BY_HAND } from "./discovery/finder-sentences.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { openLendingGateway } from "./gateway/lending-gateway.ts";
import { createLogs, type Logs } from "./log/create-logs.ts";
import { measureMachine } from "./probes/machine-readings.ts";
import type { AgentDependencies, RunningAgent } from "./running-agent.ts";
import type { AgentSettings } from "./settings/settings.ts";
import { AGENT_VERSION } from "./version.ts";

/** Longest that the first heartbeat waits for the answers of the local backends, ms. */
const FIRST_POLL_MS = 500;

/**
 * Builds every part of the agent and starts it.
 * @param settings without a router URL, one is looked for by mDNS. @throws Error when the data folder cannot be used; the message
 * names the fix.
 */
export async function startAgent(settings: AgentSettings, dependencies: AgentDependencies = {}): Promise<RunningAgent> {
  const { nodeId, ollamaHost, heartbeatInterval } = settings;
  const ground = layGround(settings, dependencies);
  let beatNow = (): void => undefined;
  const { logs } = ground;
  const { way, calls, membership } = openBond(settings, ground, () => beatNow());
  const { ollama, servers } = openBackends(settings, { ...ground, environment: dependencies.environment ?? {} }, () =>
    beatNow(),
  );
  const gateway = await openLendingGateway(settings, { ...ground, places: servers.places, peers: membership.peers });
  const machine = measureMachine({
    beatEveryMs: heartbeatInterval * 1000,
    modelsFolder: ollama.modelsFolder,
    onFailure: (probe, error) => logs("probes").warn({ exception: error }, `The probe of ${probe} failed`),
  });
  await Promise.race([Promise.all([ollama.firstPoll, servers.firstPoll]), elapsed(FIRST_POLL_MS)]);
  const reporting = startReporting({
    ...{ nodeId, way, ollamaHost, periodMs: heartbeatInterval * 1000, membership, ollama, servers, ...ground },
    machine: machine.latest,
    gatewayPort: gateway.port,
  });
  beatNow = reporting.beatNow;
  const stopReporting = async (): Promise<void> => {
    way.close();
    await calls.close();
    await reporting.stop();
  };
  const sayFarewell = async (): Promise<void> => {
    await reporting.stop();
    await membership.deliver(Buffer.from(JSON.stringify({ node_id: nodeId, draining: true })));
  };
  const parts = { stopReporting, sayFarewell, gateway, ollama, servers, machine, ...ground };
  const close = createClosing(parts);
  return {
    nodeId,
    get gatewayPort() {
      return gateway.port();
    },
    firstHeartbeat: reporting.firstAccepted,
    close,
  };
}

/** Everything between this agent and its router: the way there, the calls, what both agreed on. */
function openBond(settings: AgentSettings, { identity, logs, now, monotonic }: Ground, beatNow: () => void) {
  const { nodeId, routerUrl } = settings;
  const whither = routerUrl === "" ? `looking for a router by mDNS; to name it: ${BY_HAND}` : `router ${routerUrl}`;
  logs("agent").info({ node_id: nodeId }, `herd-node ${AGENT_VERSION} as ${nodeId}, ${whither}`);
  const onMove = (): void => {
    calls.reconnect();
    beatNow();
  };
  const way = findWay({ ...settings, log: logs("discovery"), onMove, monotonic });
  const calls = createRouterCalls(() => way.url());
  return { way, calls, membership: createMembership({ identity, calls, now, trust: way }) };
}

/** What every part stands on. */
interface Ground {
  readonly identity: Identity;
  readonly file: LogFile;
  readonly logs: Logs;
  /** The agent's clock, Unix epoch ms, never running backwards. */
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
}

function layGround(settings: AgentSettings, dependencies: AgentDependencies): Ground {
  const { print = () => undefined, wallClock = Date.now, random = Math.random } = dependencies;
  const { monotonic = () => performance.now() } = dependencies;
  const { dataDir, logLevel: level, consoleLogLevel: printLevel } = settings;
  const identity = openIdentity(dataDir);
  const file = createLogFile({ directory: join(dataDir, "logs"), name: "herd-node.jsonl", clock: wallClock });
  const logs = createLogs({ level, printLevel, print, write: file.write, clock: wallClock });
  const { now } = createSteadyClock({ wallAtStart: wallClock(), monotonic });
  return { identity, file, logs, now, monotonic, random };
}

function openIdentity(dataDir: string): Identity {
  const path = join(dataDir, "agent-key.pem");
  try {
    return loadOrCreateIdentity(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fix = "Make the folder writable, remove a damaged key, or start with another --data-dir";
    throw new Error(`The agent's key ${path} cannot be used: ${reason}. ${fix}`, { cause: error });
  }
}

/** Watches what this machine can lend. */
function openBackends(
  { ollamaHost, backends }: AgentSettings,
  { environment, monotonic, now, logs }: Ground & { readonly environment: Environment },
  onChange: () => void,
): { readonly ollama: LocalOllama; readonly servers: LocalServers } {
  const log = logs("ollama");
  const ollama = openLocalOllama({ host: ollamaHost, environment, monotonic, onReachability: onChange, log });
  const servers = openLocalServers({ urls: backends, monotonic, wallClock: now, onChange, log: logs("backends") });
  return { ollama, servers };
}

/** Longest that telling the router about the end may take, ms. */
const FAREWELL_MS = 2_000;
/** Longest that calls under way are waited for at the end, ms. */
const DRAIN_MS = 25_000;

interface Parts extends Ground {
  readonly stopReporting: () => Promise<void>;
  readonly sayFarewell: () => Promise<void>;
  readonly gateway: Gateway;
  readonly ollama: { close(): Promise<void> };
  readonly servers: { close(): Promise<void> };
  readonly machine: { close(): void };
}

function createClosing(parts: Parts): RunningAgent["close"] {
  const { gateway, ollama, servers, machine, file, logs } = parts;
  let draining: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  const endAll = async (): Promise<void> => {
    machine.close();
    await Promise.all([gateway.close(), ollama.close(), servers.close(), parts.stopReporting()]);
    logs("agent").info("herd-node has ended");
    file.close();
  };
  const drainAll = async (): Promise<void> => {
    logs("agent").info("Leaving the fleet: no new work is taken, running answers may finish");
    await Promise.race([parts.sayFarewell(), elapsed(FAREWELL_MS)]);
    await gateway.drain(DRAIN_MS);
  };
  return async ({ drain }) => {
    if (drain && ending === undefined) {
      draining ??= drainAll();
      await draining;
    }
    ending ??= endAll();
    await ending;
  };
}

const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
