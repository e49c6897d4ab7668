import type { AvailableModelFacts, GpuReading, Heartbeat, LoadedModel } from "@herd/shared";
import type { DemoMachine } from "./demo-machines.ts";

/** A model on the disk, from `/api/tags`. */
export interface ListedModel {
  readonly name: string;
  readonly size: number;
  readonly digest: string;
  readonly modified_at: string;
  readonly details: {
    readonly format: string;
    readonly family: string;
    readonly families: readonly string[];
    readonly parameter_size: string;
    readonly quantization_level: string;
  };
}

/** A model in memory, from `/api/ps`. */
export interface RunningModel {
  readonly name: string;
  readonly size: number;
  readonly size_vram: number;
  readonly digest: string;
  readonly expires_at: string;
  readonly context_length: number;
  readonly details: { readonly parameter_size: string; readonly quantization_level: string };
}

/** What a machine of the demo is doing at this moment. */
export interface DemoState {
  readonly url: string;
  readonly listed: readonly ListedModel[];
  readonly running: readonly RunningModel[];
  /** Requests being computed. */
  readonly active: number;
  /** Unix epoch ms. */
  readonly now: number;
}

const GIB = 2 ** 30;
const IDLE_PCT = 4;
/** Load of the processors while answers are written: with a graphics card of its own, and without. */
const BUSY_PCT = { withCard: 22, without: 78 };

/** Puts the heartbeat of a described machine together; it is marked as simulated. */
export function composeReport(machine: DemoMachine, state: DemoState): Heartbeat {
  const { report, parallel } = machine;
  return {
    node_id: machine.id,
    simulated: true,
    agent_version: "demo",
    timestamp: state.now / 1000,
    ...described(report),
    cpu: { cores_physical: report.cores, utilization_pct: loadOf(machine, state) },
    memory: memoryOf(machine, state),
    gpus: gpusOf(machine, state),
    disk: diskOf(machine, state),
    models_disk: diskOf(machine, state),
    ollama_host: state.url,
    ollama: {
      models_loaded: state.running.map(loadedModel),
      models_available: state.listed.map(({ name }) => name),
      models_available_meta: Object.fromEntries(state.listed.map((model) => [model.name, factsOf(machine, model)])),
      models_available_sizes: Object.fromEntries(state.listed.map(({ name, size }) => [name, size / GIB])),
      requests_active: state.active,
      num_parallel: parallel,
      reachable: true,
      version: "0.24.0",
    },
  };
}

const described = ({ arch, chip, memory_bandwidth_gbps, thermal, power, system }: DemoMachine["report"]) => ({
  arch,
  chip,
  memory_bandwidth_gbps,
  thermal,
  system,
  ...(power === undefined ? {} : { power }),
});

function loadOf({ report }: DemoMachine, { active }: DemoState): number {
  if (active === 0) return IDLE_PCT;
  return report.gpu === undefined ? BUSY_PCT.without : BUSY_PCT.withCard;
}

/** Only what does not lie in a graphics card's own memory takes memory of the system. */
function memoryOf({ report, machine }: DemoMachine, { running }: DemoState): Heartbeat["memory"] {
  const total = machine.memoryBytes / GIB;
  const models = running.reduce(
    (sum, { size, size_vram }) => sum + size - (report.gpu === undefined ? 0 : size_vram),
    0,
  );
  const used = Math.min(total, report.baseUsedGb + models / GIB);
  return {
    total_gb: total,
    used_gb: round(used),
    available_gb: round(total - used),
    pressure: "normal",
    wired_gb: 0,
    compressed_gb: 0,
  };
}

function gpusOf({ report, machine }: DemoMachine, { running, active }: DemoState): GpuReading[] {
  if (report.gpu === undefined) return [];
  const used = running.reduce((sum, { size_vram }) => sum + size_vram, 0);
  return [
    {
      name: report.gpu,
      vram_total_gb: machine.vramBytes / GIB,
      vram_used_gb: round(used / GIB),
      utilization_pct: active === 0 ? 0 : 91,
    },
  ];
}

/** What is pulled in the demo takes its simulated place. */
function diskOf({ report, models }: DemoMachine, { listed }: DemoState): NonNullable<Heartbeat["disk"]> {
  const known = new Set(models.map(({ name }) => name));
  const pulled = listed.reduce((sum, { name, size }) => sum + (known.has(name) ? 0 : size), 0);
  const { total } = report.disk;
  const used = Math.min(total, report.disk.used + pulled / GIB);
  return { total_gb: total, used_gb: round(used), available_gb: round(total - used) };
}

const loadedModel = (model: RunningModel): LoadedModel => ({
  name: model.name,
  size_gb: model.size / GIB,
  size_vram_gb: model.size_vram / GIB,
  requests_active: 0,
  parameter_size: model.details.parameter_size,
  quantization: model.details.quantization_level,
  context_length: model.context_length,
  digest: model.digest,
  expires_at: model.expires_at,
});

function factsOf({ models }: DemoMachine, model: ListedModel): AvailableModelFacts {
  const { details, digest, modified_at } = model;
  const described = models.find(({ name }) => name === model.name);
  return {
    digest,
    modified_at,
    format: details.format,
    family: details.family,
    families: [...details.families],
    parameter_size: details.parameter_size,
    quantization_level: details.quantization_level,
    ...(described === undefined
      ? {}
      : { capabilities: [...described.capabilities], context_max: described.contextLength }),
  };
}

const round = (gib: number): number => Math.round(gib * 100) / 100;
