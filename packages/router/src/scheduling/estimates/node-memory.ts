import { fromGib } from "@herd/shared";
import type { Candidate } from "../../domain/candidate.ts";
import type { LoadedState, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** Memory of a node as models see it: dedicated GPU memory where there is one, else the system's. All in bytes. */
export interface NodeMemory {
  /** Models go to dedicated GPU memory. */
  readonly isGpu: boolean;
  /** Free for models now; the owner's ceiling is kept. */
  readonly freeBytes: number;
  /** Held by loaded models. */
  readonly heldBytes: number;
  /** Held by the smallest of them: what is surely busy while something runs. */
  readonly leastHeldBytes: number;
  /** The most a single model could ever get here, with every other model gone and the rest in system memory. */
  readonly mostBytes: number;
  /** What the owner grants to the fleet; Infinity when nothing is set. */
  readonly ceilingBytes: number;
}

const known = new WeakMap<NodeSnapshot, NodeMemory>();

/** Reads a node's memory. Nodes are frozen, so each is read once and remembered as long as it lives. */
export function memoryOf(node: NodeSnapshot): NodeMemory {
  let memory = known.get(node);
  if (memory === undefined) {
    memory = readMemory(node);
    known.set(node, memory);
  }
  return memory;
}

/**
 * Part of `heldBytes` that could be freed at once, because it is idle. Which models are running is not told, only how
 * many requests run on other lanes of the node: none means that everything is idle; any means that one model at least
 * is not, and the smallest is assumed, so that memory is never called busy by guessing.
 */
export function idleBytes({ load, node }: Candidate): number {
  const memory = memoryOf(node);
  return load.nodeInFlight > load.inFlight ? memory.heldBytes - memory.leastHeldBytes : memory.heldBytes;
}

/** Apple's system grows its swap as needed and gives the GPU system memory, so only the installed memory is a bound. */
const isApple = ({ chip }: NodeSnapshot): boolean => chip.startsWith("Apple");

/** What loaded models take, bytes. */
interface Held {
  readonly gpu: number;
  readonly system: number;
  /** The smallest share in the memory models go to. */
  readonly least: number;
}

function readMemory(node: NodeSnapshot): NodeMemory {
  const gpu = gpuMemory(node.gpus);
  const held = heldBy(loadedOn(node), gpu.total > 0);
  if (gpu.total === 0) return systemMemory(node, held);
  const freeBytes = Math.max(0, gpu.total - (gpu.used ?? held.gpu));
  return {
    isGpu: true,
    freeBytes,
    heldBytes: held.gpu,
    leastHeldBytes: held.least,
    mostBytes: freeBytes + held.gpu + held.system + spareBytes(node),
    ceilingBytes: Number.POSITIVE_INFINITY,
  };
}

/** Dedicated memory of all GPUs, bytes: Ollama spreads a model over them. `used` is undefined unless all tell it. */
function gpuMemory(gpus: NodeSnapshot["gpus"]): { readonly total: number; readonly used: number | undefined } {
  let total = 0;
  let used: number | undefined = 0;
  for (const { vram_total_gb, vram_used_gb } of gpus) {
    if (vram_total_gb === 0) continue;
    total += fromGib(vram_total_gb);
    used = used === undefined || vram_used_gb === undefined ? undefined : used + fromGib(vram_used_gb);
  }
  return { total, used };
}

function systemMemory(node: NodeSnapshot, held: Held): NodeMemory {
  const ceiling = fromGib(node.capacity?.ceiling_gb ?? 0);
  const ceilingBytes = ceiling > 0 ? ceiling : Number.POSITIVE_INFINITY;
  return {
    isGpu: false,
    freeBytes: Math.max(0, Math.min(fromGib(node.memory.available_gb), ceilingBytes - held.system)),
    heldBytes: held.system,
    leastHeldBytes: held.least,
    mostBytes: isApple(node) ? fromGib(node.memory.total_gb) : held.system + spareBytes(node),
    ceilingBytes,
  };
}

/** System memory that a new program could get, with free swap: Ollama counts both before it refuses a load. */
function spareBytes({ memory }: NodeSnapshot): number {
  const swap = (memory.swap_total_gb ?? 0) - (memory.swap_used_gb ?? 0);
  return fromGib(memory.available_gb) + fromGib(Math.max(0, swap));
}

function loadedOn({ backends }: NodeSnapshot): readonly LoadedState[] {
  const found: LoadedState[] = [];
  for (const { models } of backends) {
    for (const { loaded } of models.values()) if (loaded !== undefined) found.push(loaded);
  }
  return found;
}

function heldBy(loaded: readonly LoadedState[], hasGpu: boolean): Held {
  let gpu = 0;
  let system = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const state of loaded) {
    const inGpu = hasGpu ? gpuPart(state) : 0;
    gpu += inGpu;
    system += state.sizeBytes - inGpu;
    least = Math.min(least, hasGpu ? inGpu : state.sizeBytes);
  }
  return { gpu, system, least: loaded.length === 0 ? 0 : least };
}

/** A backend that does not tell where a model lies has put it into the GPU where there is one. */
const gpuPart = ({ sizeBytes, vramBytes }: LoadedState): number => Math.min(vramBytes ?? sizeBytes, sizeBytes);
