import { arch, availableParallelism } from "node:os";
import type { Heartbeat } from "@herd/shared";
import { type SeenTool, seekTools, type ToolSearch } from "@herd/shared/this-machine";
import { composeHeartbeat } from "../agent/compose-heartbeat.ts";
import { findOllamaStart } from "../backends/ollama/find-ollama-start.ts";
import { modelsFolderOf } from "../backends/ollama/models-folder.ts";
import type { Environment, OllamaStart } from "../backends/ollama/ollama-environment.ts";
import type { OllamaState } from "../backends/ollama/watch-ollama.ts";
import type { ServerSight } from "../backends/openai-compatible/local-servers.ts";
import { type MachineReadings, machineProbes } from "../probes/machine-readings.ts";
import { roughMemory } from "../probes/memory.ts";
import { readSystem } from "../probes/system.ts";
import type { AgentSettings } from "../settings/settings.ts";
import { type GatewaySight, probeGateway } from "./probe-gateway.ts";
import { readOllamaOnce } from "./read-ollama-once.ts";
import { readServersOnce } from "./read-servers-once.ts";
import { type ProbeRun, runOnce } from "./run-once.ts";

/** What one look at this machine gave. */
export interface ProbeReport {
  /** What an agent would send. */
  readonly heartbeat: Heartbeat;
  readonly runs: readonly ProbeRun[];
  readonly ollama: OllamaState;
  readonly servers: readonly ServerSight[];
  readonly gateway: GatewaySight;
  readonly tools: readonly SeenTool[];
}

/** What looking needs. */
export interface ProbeDependencies {
  readonly settings: AgentSettings;
  /** Variables of this process; OLLAMA_* count where Ollama's own cannot be read. */
  readonly environment: Environment;
  /** Unix epoch ms. */
  readonly wallClock: () => number;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** Where to look for tools. Default: their usual ports. */
  readonly search?: ToolSearch;
}

const TIMEOUT_MS = 10_000;
/** Between the two readings of the counters that make up how busy the processor is, ms. */
const CPU_SPAN_MS = 250;

/** Measures this machine once as an agent would. Sends nothing to any router and writes nothing. Never rejects. */
export async function takeProbe(dependencies: ProbeDependencies): Promise<ProbeReport> {
  const { settings, environment, monotonic, wallClock, search } = dependencies;
  const { ollamaHost, backends: urls, gatewayPort: port, gatewayHost: host } = settings;
  const start = await findOllamaStart(ollamaHost, environment);
  const timed = { monotonic, timeoutMs: TIMEOUT_MS };
  const [machine, ollama, servers, gateway, tools] = await Promise.all([
    readMachine(start, timed),
    runOnce({ name: "ollama", probe: () => readOllamaOnce(ollamaHost, monotonic), ...timed }),
    runOnce({ name: "backends", probe: () => readServersOnce({ urls, monotonic, wallClock }), ...timed }),
    runOnce({ name: "gateway", probe: () => probeGateway({ port, host }), ...timed }),
    runOnce({ name: "other tools", probe: () => seekTools(search), ...timed }),
  ]);
  const state = ollama.reading ?? { isReachable: false, error: ollama.run.why };
  const sight = gateway.reading ?? { kind: "closed", why: gateway.run.why };
  const sights = servers.reading ?? [];
  const heartbeat = heartbeatOf(dependencies, { machine: machine.readings, start, state, sights, sight });
  const ollamaRun: ProbeRun = state.isReachable ? ollama.run : { ...ollama.run, outcome: "failed", why: state.error };
  return {
    heartbeat,
    runs: [...machine.runs, ollamaRun, ...(urls.length === 0 ? [] : [servers.run]), gateway.run, tools.run],
    ollama: state,
    servers: sights,
    gateway: sight,
    tools: (tools.reading ?? []).filter((tool) => !isLent(tool, sights)),
  };
}

/** Whether a program that was seen on a loopback port is one of the servers that are lent. */
const isLent = ({ port }: SeenTool, sights: readonly ServerSight[]): boolean =>
  sights.some(({ place }) => new URL(place.url).port === String(port));

interface Timed {
  readonly monotonic: () => number;
  readonly timeoutMs: number;
}

async function readMachine(start: OllamaStart, timed: Timed) {
  const probes = machineProbes({ modelsFolder: () => modelsFolderOf(start) });
  const cpu = async () => {
    await probes.cpu();
    await new Promise((resolve) => setTimeout(resolve, CPU_SPAN_MS));
    return probes.cpu();
  };
  const all = { ...probes, cpu };
  const names = Object.keys(all) as (keyof MachineReadings)[];
  const taken = await Promise.all(names.map((name) => runOnce<unknown>({ name, probe: all[name], ...timed })));
  const read = taken.filter(({ reading }) => reading !== undefined).map(({ run, reading }) => [run.name, reading]);
  return { readings: Object.fromEntries(read) as Partial<MachineReadings>, runs: taken.map(({ run }) => run) };
}

interface Parts {
  readonly machine: Partial<MachineReadings>;
  readonly start: OllamaStart;
  readonly state: OllamaState;
  readonly sights: readonly ServerSight[];
  readonly sight: GatewaySight;
}

function heartbeatOf(
  { settings, wallClock }: ProbeDependencies,
  { machine, start, state, sights, sight }: Parts,
): Heartbeat {
  const { nodeId, ollamaHost, gatewayPort } = settings;
  const isOpen = gatewayPort !== 0 && (sight.kind === "free" || sight.kind === "own");
  return composeHeartbeat({
    nodeId,
    now: wallClock(),
    arch: arch(),
    machine,
    rough: { cpu: { cores_physical: availableParallelism(), utilization_pct: 0 }, memory: roughMemory() },
    system: readSystem(),
    ollamaHost,
    ollama: state,
    ollamaStart: start,
    servers: sights,
    isInventoryFull: state.isReachable,
    gatewayPort: isOpen ? gatewayPort : undefined,
    failures: { sinceLast: 0, total: 0 },
  });
}
