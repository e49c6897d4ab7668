import type { Filter } from "../contracts.ts";
import { diskBytes } from "../estimates/model-bytes.ts";
import { idleBytes, memoryOf } from "../estimates/node-memory.ts";
import { areReadingsSettled } from "../estimates/settled.ts";
import { spokenSize } from "../wording.ts";

export const memoryBusy: Filter = {
  name: "memory-busy",
  meaning:
    "The model would fit, but only after a model that is working now has left: what is free and what idle models hold is not enough. Steps aside when it " +
    "would leave no candidate, because work ends",
  canYield: true,
  reject(candidate, { now }) {
    const size = diskBytes(candidate.model);
    if (size === undefined || !areReadingsSettled(candidate, now)) return undefined;
    const { freeBytes, heldBytes } = memoryOf(candidate.node);
    const idle = idleBytes(candidate);
    if (size <= freeBytes + idle || size > freeBytes + heldBytes) return undefined;
    return { code: "memory-busy", facts: { needed_bytes: size, free_bytes: freeBytes, idle_bytes: idle } };
  },
  explain({ facts }) {
    const { needed_bytes: needed = 0, free_bytes: free = 0, idle_bytes: idle = 0 } = facts;
    return `Needs at least ${spokenSize(needed)}; only ${spokenSize(free + idle)} is free or idle while another model works`;
  },
};
