import { join } from "node:path";
import { createSteadyClock, type Identity, loadOrCreateIdentity } from "@herd/shared/link";
import { createLogFile, type LogFile } from "@herd/shared/log-file";
import { OLLAMA_PATH } from "./agent/compose-heartbeat.ts";
import { createMembership, type RouterPeer } from "./agent/membership.ts";
import { createRouterCalls } from "./agent/router-calls.ts";
import { startReporting } from "./agent/start-reporting.ts";
import { openLocalOllama } from "./backends/ollama/local-ollama.ts";
import { findWay } from "./discovery/find-way.ts";
import { BY_HAND } from "./discovery/finder-sentences.ts";
import { type Gateway, openGateway } from "./gateway/gateway.ts";
import { createGatewayVoice } from "./gateway/gateway-voice.ts";
import { createLogs, type Logs } from "./log/create-logs.ts";
import { measureMachine } from "./probes/machine-readings.ts";
import type { AgentDependencies, RunningAgent } from "./running-agent.ts";
import type { AgentSettings } from "./settings/settings.ts";
import { AGENT_VERSION } from "./version.ts";

/** Longest that the first heartbeat waits for the local Ollama's answer, ms. */
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
  const { logs, monotonic } = ground;
  const { way, calls, membership } = openBond(settings, ground, () => beatNow());
  const gateway = await openedGateway(settings, { ...ground, peers: membership.peers });
  const ollama = openLocalOllama({
    host: ollamaHost,
    environment: dependencies.environment ?? {},
    monotonic,
    onReachability: () => beatNow(),
    log: logs("ollama"),
  });
  const machine = measureMachine({
    beatEveryMs: heartbeatInterval * 1000,
    modelsFolder: ollama.modelsFolder,
    onFailure: (probe, error) => logs("probes").warn({ exception: error }, `The probe of ${probe} failed`),
  });
  await Promise.race([ollama.firstPoll, elapsed(FIRST_POLL_MS)]);
  const reporting = startReporting({
    ...{ nodeId, way, ollamaHost, periodMs: heartbeatInterval * 1000, membership, ollama, ...ground },
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
  const parts = { stopReporting, sayFarewell, gateway, ollama, machine, ...ground };
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

/** Resolves when the port is open, or known to be blocked: the first heartbeat is to state it. */
async function openedGateway(
  { gatewayHost: host, gatewayPort: port, ollamaHost }: AgentSettings,
  { logs, monotonic, now, peers }: Ground & { readonly peers: () => readonly RouterPeer[] },
): Promise<Gateway> {
  const voice = createGatewayVoice({ log: logs("gateway"), host, port, monotonic });
  const settled = Promise.withResolvers<void>();
  const gateway = openGateway({
    ...{ host, port, peers, now, backends: { [OLLAMA_PATH]: ollamaHost } },
    ...voice,
    onOpen: (openPort) => {
      voice.onOpen(openPort);
      settled.resolve();
    },
    onBlocked: (error) => {
      voice.onBlocked(error);
      settled.resolve();
    },
  });
  await settled.promise;
  return gateway;
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
  readonly machine: { close(): void };
}

function createClosing(parts: Parts): RunningAgent["close"] {
  const { gateway, ollama, machine, file, logs } = parts;
  let draining: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  const endAll = async (): Promise<void> => {
    machine.close();
    await Promise.all([gateway.close(), ollama.close(), parts.stopReporting()]);
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
