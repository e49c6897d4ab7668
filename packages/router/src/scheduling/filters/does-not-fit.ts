import type { Candidate } from "../../domain/candidate.ts";
import type { Reason } from "../../domain/decision.ts";
import type { Filter } from "../contracts.ts";
import { diskBytes } from "../estimates/model-bytes.ts";
import { idleBytes, memoryOf } from "../estimates/node-memory.ts";
import { areReadingsSettled } from "../estimates/settled.ts";
import { spokenSize } from "../wording.ts";

export const doesNotFit: Filter = {
  name: "does-not-fit",
  meaning:
    "The model's weights are larger than all memory it could get, GPU and system together, with every other model gone; or than the owner's ceiling; or the system " +
    "reports critical memory pressure and loading would take more than idle models give back. Never a model in memory, never by an unknown size",
  canYield: false,
  reject(candidate, { now }) {
    if (!areReadingsSettled(candidate, now)) return undefined;
    const size = diskBytes(candidate.model);
    return (size === undefined ? undefined : tooLarge(candidate, size)) ?? underPressure(candidate, size);
  },
  explain({ code, facts }) {
    if (code === "memory-critical") return "The machine is short of memory; nothing is loaded there until that is over";
    const need = `Needs at least ${spokenSize(facts["needed_bytes"] ?? 0)}`;
    if (code === "over-ceiling") return `${need}; its owner grants ${spokenSize(facts["ceiling_bytes"] ?? 0)}`;
    return `${need}; the machine has ${spokenSize(facts["most_bytes"] ?? 0)} at most`;
  },
};

function tooLarge({ node }: Candidate, size: number): Reason | undefined {
  const { mostBytes, ceilingBytes } = memoryOf(node);
  if (size > ceilingBytes) return { code: "over-ceiling", facts: { needed_bytes: size, ceiling_bytes: ceilingBytes } };
  return size > mostBytes ? { code: "too-large", facts: { needed_bytes: size, most_bytes: mostBytes } } : undefined;
}

/** Critical pressure forbids only what would add to it: a load into free GPU memory or into an idle model's place does not. */
function underPressure(candidate: Candidate, size: number | undefined): Reason | undefined {
  const { node } = candidate;
  if (node.memory.pressure !== "critical") return undefined;
  const { isGpu, freeBytes } = memoryOf(node);
  const harmless = idleBytes(candidate) + (isGpu ? freeBytes : 0);
  return size !== undefined && size <= harmless ? undefined : { code: "memory-critical", facts: {} };
}
