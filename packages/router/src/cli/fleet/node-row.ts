import type { FleetNodeView } from "@herd/shared";
import { type Cell, type Column, countOf, sizeOf, spanOf, type Tone } from "@herd/shared/terminal";

/** What is going on in the lanes of one machine. */
export interface NodeLoad {
  readonly running: number;
  readonly waiting: number;
}

/** Columns of the table of machines; on a narrow terminal the least needed ones are left out. */
export const nodeColumns: readonly Column[] = [
  { title: "MACHINE", least: 10 },
  { title: "STATE" },
  { title: "MODELS", side: "right", goesAt: 2 },
  { title: "IN MEMORY", least: 12 },
  { title: "RUNNING", side: "right" },
  { title: "WAITING", side: "right" },
  { title: "MEMORY", side: "right", goesAt: 1 },
  { title: "GPU", side: "right", goesAt: 3 },
  { title: "BACKEND", goesAt: 4 },
  { title: "HARDWARE", least: 14, goesAt: 5 },
];

/** One machine as a row of that table. */
export function nodeRow(node: FleetNodeView, { running, waiting }: NodeLoad): readonly Cell[] {
  const isGone = node.status === "offline";
  const loaded = isGone ? "" : loadedNames(node).join(", ");
  return [
    { text: node.node_id, tone: isGone ? "quiet" : undefined },
    stateCell(node),
    String(new Set(node.backends.flatMap(({ models }) => models)).size),
    loaded === "" ? { text: "-", tone: "quiet" } : loaded,
    String(running),
    { text: String(waiting), tone: waiting > 0 ? "warning" : undefined },
    memoryText(node),
    gpuText(node),
    backendText(node),
    hardwareText(node),
  ];
}

/** An older router tells only what its nodes' Ollamas have in memory. */
function loadedNames({ ollama, backends }: FleetNodeView): readonly string[] {
  const ofOllama = (ollama?.models_loaded ?? []).map((model) => model.name);
  const ofServers = backends.filter(({ kind }) => kind !== "ollama").flatMap((backend) => backend.models_loaded ?? []);
  return [...new Set([...ofOllama, ...ofServers])];
}

/** Where further servers are lent, an Ollama that does not answer is none. */
function backendText({ backends }: FleetNodeView): string {
  const answering = backends.filter(({ state }) => state !== "unreachable");
  const shown = answering.length === 0 ? backends.slice(0, 1) : answering;
  const words = shown.map(({ kind, software = kind, version }) => `${software} ${version}`.trim());
  return words.length === 0 ? "-" : words.join(", ");
}

/** What matters most about a machine now, and for how long it has been so. */
function stateCell(node: FleetNodeView): Cell {
  const { text, tone } = stateOf(node);
  return { text: node.simulated === true ? `${text}, simulated` : text, tone };
}

function stateOf(node: FleetNodeView): { readonly text: string; readonly tone: Tone } {
  const silence = node.last_heartbeat_ago_s;
  if (silence === null) return { text: "not seen yet", tone: "quiet" };
  if (node.status === "offline") return { text: `offline ${spanOf(silence)}`, tone: "bad" };
  if (node.is_draining) return { text: "draining", tone: "warning" };
  if (node.status === "degraded") return { text: `silent ${spanOf(silence)}`, tone: "warning" };
  const answering = node.backends.filter(({ state }) => state !== "unreachable");
  if (node.backends.length > 0 && answering.length === 0) return { text: "no answer", tone: "bad" };
  return answering.some(({ breaker }) => breaker !== "closed")
    ? { text: "recovering", tone: "warning" }
    : { text: "online", tone: "good" };
}

const memoryText = ({ memory }: FleetNodeView): string =>
  memory === undefined ? "-" : `${sizeOf(memory.used_gb)} of ${sizeOf(memory.total_gb)} GB`;

/** Graphics memory of its own, used and in all; `shared` where it is the machine's. */
function gpuText({ gpus = [] }: FleetNodeView): string {
  if (gpus.length === 0) return "-";
  const all = gpus.reduce((sum, gpu) => sum + gpu.vram_total_gb, 0);
  if (all === 0) return "shared";
  const isTold = gpus.some((gpu) => gpu.vram_used_gb !== undefined);
  const used = gpus.reduce((sum, gpu) => sum + (gpu.vram_used_gb ?? 0), 0);
  return isTold ? `${sizeOf(used)} of ${sizeOf(all)} GB` : `${sizeOf(all)} GB`;
}

function hardwareText({ hardware, gpus = [] }: FleetNodeView): string {
  const gpu = gpus[0]?.name ?? "";
  const parts = [
    hardware.chip,
    hardware.chip.includes(gpu) ? "" : gpu,
    hardware.cores_physical > 0 ? countOf(hardware.cores_physical, "core") : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
