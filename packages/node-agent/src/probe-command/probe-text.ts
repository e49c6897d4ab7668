import type { Heartbeat } from "@herd/shared";
import { countOf, harmlessText, type Paint, padText, sizeOf, spanOf, table } from "@herd/shared/terminal";
import type { SeenTool } from "@herd/shared/this-machine";
import type { ServerSight } from "../backends/openai-compatible/local-servers.ts";
import { modelTable } from "./probe-models.ts";
import type { ProbeReport } from "./take-probe.ts";

/** How the text is shown. */
export interface ProbePage {
  readonly paint: Paint;
  /** Columns that a line may take. */
  readonly width: number;
  readonly version: string;
  /** Port that the agent is set to open. */
  readonly gatewayPort: number;
}

/** What would be reported, as a person reads it. */
export function probeText(report: ProbeReport, page: ProbePage): string {
  const { heartbeat, tools } = report;
  const { paint } = page;
  const facts: readonly (readonly [string, string])[] = [
    ["Machine", systemWords(heartbeat)],
    ["Processor", processorWords(heartbeat)],
    ["Memory", memoryWords(heartbeat)],
    ...graphicsWords(heartbeat).map((words) => ["Graphics", words] as const),
    ["Disk", diskWords(heartbeat.disk)],
    ["Models' disk", diskWords(heartbeat.models_disk)],
    ["Network", heartbeat.lan_ip ?? "no address towards a default route"],
    ["Power", powerWords(heartbeat)],
    ["Temperature", thermalWords(heartbeat)],
    ["Ollama", ollamaWords(report)],
    ...report.servers.map((server) => ["Backend", serverWords(server)] as const),
    ["Gateway", gatewayWords(report, page.gatewayPort)],
    ...(tools.length === 0 ? [] : [["Also here", alsoWords(tools)] as const]),
  ];
  const lines = facts.map(([label, words]) => `${paint(padText(`  ${label}`, 16), "quiet")}${harmlessText(words)}\n`);
  const title = `${paint(`herd-node ${page.version}`, "strong")} would report ${heartbeat.node_id}:\n`;
  return [title, ...lines, modelTable(heartbeat, page), runTable(report, page), ENDING].join("");
}

const ENDING = "\nNothing was sent and nothing was written. As it goes to the router: --json\n";

function systemWords({ arch, system }: Heartbeat): string {
  const up = system?.uptime_s === undefined ? "" : `, up for ${spanOf(system.uptime_s)}`;
  return `${system?.platform ?? "unknown system"} ${system?.release ?? ""}, ${arch}${up}`;
}

const processorWords = ({ chip, cpu, memory_bandwidth_gbps: bandwidth = 0 }: Heartbeat): string =>
  [
    chip ?? "not told",
    countOf(cpu.cores_physical, "core"),
    `${cpu.utilization_pct} % busy`,
    bandwidth > 0 ? `memory bandwidth ${bandwidth} GB/s` : "memory bandwidth not known",
  ].join(", ");

function memoryWords({ memory }: Heartbeat): string {
  const swap = (memory.swap_used_gb ?? 0) > 0 ? `, ${sizeOf(memory.swap_used_gb ?? 0)} GB swapped out` : "";
  const sizes = `${sizeOf(memory.available_gb)} of ${sizeOf(memory.total_gb)} GB available`;
  return `${sizes}, pressure ${memory.pressure}${swap}`;
}

function graphicsWords({ gpus = [] }: Heartbeat): readonly string[] {
  if (gpus.length === 0) return ["none found"];
  return gpus.map((gpu) => {
    const used = gpu.vram_used_gb === undefined ? "" : `, ${sizeOf(gpu.vram_used_gb)} used`;
    const memory = gpu.vram_total_gb > 0 ? `${sizeOf(gpu.vram_total_gb)} GB${used}` : "shares the machine's memory";
    const busy = gpu.utilization_pct === undefined ? "" : `, ${gpu.utilization_pct} % busy`;
    const heat = gpu.temperature_c === undefined ? "" : `, ${gpu.temperature_c} °C`;
    return `${gpu.name}: ${memory}${busy}${heat}`;
  });
}

const diskWords = (disk: Heartbeat["disk"]): string =>
  disk == null ? "not told" : `${sizeOf(disk.available_gb)} of ${sizeOf(disk.total_gb)} GB free`;

function powerWords({ power }: Heartbeat): string {
  if (power == null) return "mains, no battery";
  const charge = power.battery_pct === undefined ? "" : `, battery at ${power.battery_pct} %`;
  const part = power.watts_of === "cpu" ? " (processors)" : "";
  const watts = power.watts === undefined ? "" : `, takes ${power.watts} W${part}`;
  return `${power.source === "ac" ? "mains" : "battery"}${charge}${watts}`;
}

const thermalWords = ({ thermal }: Heartbeat): string =>
  thermal == null
    ? "no sensor that may be read"
    : `${thermal.temperature_c ?? "?"} °C, ${thermal.state} (${thermal.source})`;

function ollamaWords({ heartbeat, ollama }: ProbeReport): string {
  if (!ollama.isReachable) return `none at ${heartbeat.ollama_host} (${ollama.error})`;
  const { num_parallel: parallel = 0 } = heartbeat.ollama;
  const known = countOf(ollama.inventory.names.length, "model");
  const slots = parallel > 0 ? `, ${parallel} requests at once per model` : "";
  return `${ollama.version} at ${heartbeat.ollama_host}, ${known}, ${ollama.loaded.length} in memory${slots}`;
}

function serverWords({ place, state }: ServerSight): string {
  if (!state.isReachable) return `none at ${place.url} (${state.error})`;
  const { software, version, models, parallelism } = state;
  const loaded = models.filter((model) => model.is_loaded).length;
  const slots = parallelism === undefined ? "" : `, ${countOf(parallelism, "request")} at once`;
  return `${`${software} ${version}`.trim()} at ${place.url}, ${countOf(models.length, "model")}, ${loaded} in memory${slots}`;
}

function gatewayWords({ gateway }: ProbeReport, port: number): string {
  const name = port === 0 ? "a free port" : `port ${port}`;
  switch (gateway.kind) {
    case "free":
      return `${name}, for signed calls of the router only`;
    case "own":
      return `${name}, open now: ${gateway.holder}`;
    case "taken":
      return `${name} is taken by ${gateway.holder}`;
    case "closed":
      return `${name} cannot be opened (${gateway.why})`;
  }
}

/** A server that computes texts can be lent at once. */
function alsoWords(tools: readonly SeenTool[]): string {
  const server = tools.find(({ kind }) => kind === "inference");
  const way = server === undefined ? "" : `; lend it with --backend http://127.0.0.1:${server.port}`;
  return `${tools.map(toolWords).join(", ")}: seen, not used yet${way}`;
}

const toolWords = ({ name, version, port }: SeenTool): string =>
  `${name}${version === undefined ? "" : ` ${version}`} (port ${port})`;

const RUN_COLUMNS = [{ title: "PROBE" }, { title: "TOOK", side: "right" }, { title: "GAVE", least: 20 }] as const;

function runTable({ runs }: ProbeReport, page: ProbePage): string {
  const rows = runs.map(({ name, tookMs, outcome, why }) => {
    if (outcome === "failed") return [name, `${tookMs} ms`, { text: `failed: ${why}`, tone: "bad" as const }];
    return [
      name,
      `${tookMs} ms`,
      outcome === "read" ? "a reading" : { text: "nothing: not told here", tone: "quiet" as const },
    ];
  });
  return `\n${table({ columns: RUN_COLUMNS, rows, ...page })}`;
}
