import type { BackendReading, CpuReading, Heartbeat, MemoryReading, OllamaReading, SystemReading } from "@herd/shared";
import type { OllamaStart } from "../backends/ollama/ollama-environment.ts";
import type { OllamaState } from "../backends/ollama/watch-ollama.ts";
import type { ServerSight } from "../backends/openai-compatible/local-servers.ts";
import type { MachineReadings } from "../probes/machine-readings.ts";
import { memoryBandwidthOf } from "../probes/memory-bandwidth.ts";
import { AGENT_VERSION } from "../version.ts";

/** First path segment on the gateway that leads to the local Ollama. */
export const OLLAMA_PATH = "/ollama";

/** Everything a heartbeat tells. */
export interface HeartbeatFacts {
  readonly nodeId: string;
  /** The agent's clock, Unix epoch ms; the gateway judges the times of calls by the same. */
  readonly now: number;
  readonly arch: string;
  readonly machine: Partial<MachineReadings>;
  /** What stands in while the probes have not read yet. */
  readonly rough: { readonly cpu: CpuReading; readonly memory: MemoryReading };
  readonly system: SystemReading;
  readonly ollamaHost: string;
  readonly ollama: OllamaState;
  readonly ollamaStart: OllamaStart;
  /** Further servers that the owner lends. */
  readonly servers: readonly ServerSight[];
  /** Facts and sizes of every model go along; otherwise the router keeps what it was sent last. */
  readonly isInventoryFull: boolean;
  /** undefined while the port is not open. */
  readonly gatewayPort: number | undefined;
  readonly failures: { readonly sinceLast: number; readonly total: number };
}

/** Puts a heartbeat together. Readings that are not there are left out, never null: the predecessor refuses a null. */
export function composeHeartbeat(facts: HeartbeatFacts): Heartbeat {
  const { machine, ollama, gatewayPort } = facts;
  return {
    node_id: facts.nodeId,
    arch: facts.arch,
    timestamp: facts.now / 1000,
    cpu: machine.cpu ?? facts.rough.cpu,
    memory: machine.memory ?? facts.rough.memory,
    ollama: ollamaReadingOf(facts),
    ollama_host: facts.ollamaHost,
    draining: false,
    agent_version: AGENT_VERSION,
    connection_failures: facts.failures.sinceLast,
    connection_failures_total: facts.failures.total,
    system: facts.system,
    ...present({ gateway: gatewayPort === undefined ? undefined : { port: gatewayPort } }),
    backends: [
      {
        kind: "ollama",
        path: OLLAMA_PATH,
        version: ollama.isReachable ? ollama.version : "",
        models: ollama.isReachable ? [...ollama.inventory.names] : [],
        is_reachable: ollama.isReachable,
      },
      ...facts.servers.map(serverReadingOf),
    ],
    ...machineFields(machine),
  };
}

function machineFields(machine: Partial<MachineReadings>): Partial<Heartbeat> {
  const { hardware, gpus, lanAddress, modelsDisk, disk, thermal, power } = machine;
  const cpuName = hardware?.cpuName ?? "";
  const gpuNames = gpus?.map(({ name }) => name) ?? [];
  const names = [cpuName, ...gpuNames.slice(0, 1)].filter((name) => name !== "");
  return {
    ...present({
      disk,
      thermal,
      power,
      models_disk: modelsDisk,
      lan_ip: lanAddress,
      gpus: gpus === undefined ? undefined : [...gpus],
      chip: names.length === 0 ? undefined : names.join(" + "),
    }),
    memory_bandwidth_gbps: memoryBandwidthOf([...gpuNames, cpuName]),
  };
}

function ollamaReadingOf({ ollama, ollamaStart, isInventoryFull }: HeartbeatFacts): OllamaReading {
  const start = { num_parallel: ollamaStart.numParallel, max_loaded_models: ollamaStart.maxLoadedModels };
  if (!ollama.isReachable) {
    return {
      models_loaded: [],
      models_available: [],
      requests_active: 0,
      reachable: false,
      error: ollama.error,
      ...start,
    };
  }
  const { loaded, inventory, version } = ollama;
  return {
    models_loaded: [...loaded],
    models_available: [...inventory.names],
    models_available_meta: isInventoryFull ? { ...inventory.facts } : null,
    models_available_sizes: isInventoryFull ? { ...inventory.sizes } : null,
    requests_active: 0,
    version,
    reachable: true,
    ...start,
  };
}

/** A server with OpenAI's API; while it does not answer, the router remembers what it had. */
function serverReadingOf({ place, state }: ServerSight): BackendReading {
  const { path, url } = place;
  const base = { kind: "openai-compatible" as const, path, url };
  const software = state.software === "" ? {} : { software: state.software };
  if (!state.isReachable) {
    const starting = state.isStarting ? { is_starting: true } : {};
    return { ...base, ...software, version: "", models: [], is_reachable: false, error: state.error, ...starting };
  }
  const { version, models, parallelism } = state;
  return {
    ...base,
    ...software,
    version,
    models: models.map(({ name }) => name),
    is_reachable: true,
    served: [...models],
    ...(parallelism === undefined ? {} : { parallelism }),
  };
}

type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}
