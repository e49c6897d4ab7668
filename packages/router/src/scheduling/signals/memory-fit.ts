import type { Candidate } from "../../domain/candidate.ts";
import type { Reading } from "../../domain/decision.ts";
import type { Signal } from "../contracts.ts";
import { modelBytes } from "../estimates/model-bytes.ts";
import { idleBytes, memoryOf } from "../estimates/node-memory.ts";
import { isInMemory } from "../estimates/runner-state.ts";
import { spokenSize } from "../wording.ts";

/** The best a model that must be loaded can reach; one in memory has 1. */
const BEST_COLD = 0.9;
/** Head-room, in sizes of the model, at which half of that is reached. */
const HALF_HEADROOM = 0.5;
/** Fitting only after other models left costs them a load later: half of a positive score. */
const AFTER_EVICTION = 0.5;

/** How much memory is left once the model is loaded? */
export const memoryFit: Signal = {
  name: "memory_fit",
  meaning:
    "Memory left once the model is loaded: of the GPU where it has its own, else of the system; a model in memory fits",
  formula:
    "1 when loaded; else h = (free − size) ÷ size and fit(h) = 0.9 h ÷ (h + 0.5) from 0 on, 2 h below (at least −1); the better of fit(free now) and " +
    "fit(free once idle models have left), halved when positive; 0 when the size is not known or the node has not reported since the router started",
  measure(candidate): Reading {
    if (isInMemory(candidate)) return { score: 1, facts: { is_loaded: 1 } };
    const size = modelBytes(candidate);
    if (size === undefined || candidate.node.lastHeartbeatAt === undefined) return unknown(size);
    const memory = memoryOf(candidate.node);
    const idle = idleBytes(candidate);
    const fitNow = gradeOf((memory.freeBytes - size) / size);
    const fitLater = gradeOf((memory.freeBytes + idle - size) / size);
    return {
      score: Math.max(fitNow, fitLater > 0 ? AFTER_EVICTION * fitLater : fitLater),
      facts: {
        is_loaded: 0,
        needed_bytes: size,
        free_bytes: memory.freeBytes,
        idle_bytes: idle,
        is_gpu_memory: memory.isGpu ? 1 : 0,
      },
    };
  },
  explain({ facts }): string {
    if (facts["is_loaded"] === 1) return "The model is already in memory";
    const { needed_bytes: needed, free_bytes: free, idle_bytes: idle } = facts;
    if (needed === undefined) return "The size of the model is not known";
    const need = `Needs about ${spokenSize(needed)}`;
    if (free === undefined || idle === undefined) return `${need}; the machine's free memory is not known`;
    const kind = facts["is_gpu_memory"] === 1 ? "GPU memory" : "memory";
    const sentence = `${need}; ${spokenSize(free)} of ${kind} free`;
    if (needed <= free) return sentence;
    if (needed <= free + idle) return `${sentence} and ${spokenSize(idle)} held by idle models, which must leave first`;
    return `${sentence}: it does not fit entirely`;
  },
};

/** Rises from −1 (half of the model does not fit) through 0 (just fits) towards `BEST_COLD`. */
function gradeOf(headroom: number): number {
  if (headroom >= 0) return (BEST_COLD * headroom) / (headroom + HALF_HEADROOM);
  return Math.max(-1, 2 * headroom);
}

function unknown(size: Candidate["expectedBytes"]): Reading {
  return { score: 0, facts: size === undefined ? { is_loaded: 0 } : { is_loaded: 0, needed_bytes: size } };
}
