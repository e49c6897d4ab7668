import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ProcessReading } from "./router-families.ts";

/** How often the event loop is looked at, ms: often enough for what a client can feel, 20 times a second. */
const RESOLUTION_MS = 50;
const NS_PER_S = 1e9;

/**
 * Reads the process. The event loop is watched from the first reading on, since watching costs a timer that a router
 * nobody collects from need not pay; each reading tells of the time since the one before.
 */
export class ProcessWatch {
  #loop: ReturnType<typeof monitorEventLoopDelay> | undefined;
  #last: ProcessReading["loop"];

  read(): ProcessReading {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return {
      startedAt: performance.timeOrigin / 1000,
      residentBytes: rss,
      heapBytes: heapUsed,
      cpuSeconds: (user + system) / 1e6,
      loop: this.#readLoop(),
    };
  }

  /** Ends watching. */
  stop(): void {
    this.#loop?.disable();
    this.#loop = undefined;
  }

  #readLoop(): ProcessReading["loop"] {
    if (this.#loop === undefined) {
      this.#loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#loop.enable();
      return undefined;
    }
    const { mean, max, count } = this.#loop;
    // Nobody has looked since: readers that come close together are told the same.
    if (count === 0) return this.#last;
    const p99 = this.#loop.percentile(99);
    this.#loop.reset();
    this.#last = { mean: lateness(mean), p99: lateness(p99), max: lateness(max) };
    return this.#last;
  }
}

/** What is measured is the time between two looks, which is the resolution when nothing is late. */
const lateness = (ns: number): number => Math.max(0, ns / NS_PER_S - RESOLUTION_MS / 1000);
