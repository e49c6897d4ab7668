import { residentMibOf } from "./process-costs.ts";

/** What a process took while it was watched. */
export interface MemorySight {
  /** Resident memory when the watch began, MiB. */
  readonly beforeMib: number;
  /** The most that was seen. */
  readonly mostMib: number;
}

/** A running watch. */
export interface MemoryWatch {
  readonly stop: () => MemorySight;
}

const LOOK_EVERY_MS = 50;

/** Looks at the resident memory of a process 20 times a second. */
export function watchMemory(pid: number): MemoryWatch {
  const beforeMib = residentMibOf(pid);
  let mostMib = beforeMib;
  const look = (): void => {
    mostMib = Math.max(mostMib, residentMibOf(pid));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return { beforeMib, mostMib };
    },
  };
}
