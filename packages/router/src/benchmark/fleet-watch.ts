import type { FleetSnapshot } from "../domain/fleet-snapshot.ts";
import { rounded } from "./step-result.ts";

/** How busy a node was during a run: percent of processor and memory. */
export interface PeakUse {
  readonly node_id: string;
  readonly cpu_avg: number;
  readonly cpu_peak: number;
  readonly mem_avg: number;
  readonly mem_peak: number;
  /** Most requests running there at once. */
  readonly active_peak: number;
}

interface Sums {
  looks: number;
  cpu: number;
  cpuPeak: number;
  memory: number;
  memoryPeak: number;
  activePeak: number;
}

/** Looks at the fleet now and then, and sums up what it saw. */
export class FleetWatch {
  readonly #byNode = new Map<string, Sums>();

  /** One look at the measured nodes. */
  look(fleet: FleetSnapshot, nodes: ReadonlySet<string>, activeOn: (node: string) => number): void {
    for (const { nodeId, cpu, memory } of fleet.nodes) {
      if (!nodes.has(nodeId)) continue;
      const sums = this.#of(nodeId);
      const used = memory.total_gb > 0 ? (memory.used_gb / memory.total_gb) * 100 : 0;
      sums.looks += 1;
      sums.cpu += cpu.utilization_pct;
      sums.cpuPeak = Math.max(sums.cpuPeak, cpu.utilization_pct);
      sums.memory += used;
      sums.memoryPeak = Math.max(sums.memoryPeak, used);
      sums.activePeak = Math.max(sums.activePeak, activeOn(nodeId));
    }
  }

  /** What was seen, in the predecessor's form. */
  result(): readonly PeakUse[] {
    return [...this.#byNode].map(([node, sums]) => ({
      node_id: node,
      cpu_avg: rounded(sums.cpu / sums.looks),
      cpu_peak: rounded(sums.cpuPeak),
      mem_avg: rounded(sums.memory / sums.looks),
      mem_peak: rounded(sums.memoryPeak),
      active_peak: sums.activePeak,
    }));
  }

  #of(node: string): Sums {
    let sums = this.#byNode.get(node);
    if (sums === undefined) {
      sums = { looks: 0, cpu: 0, cpuPeak: 0, memory: 0, memoryPeak: 0, activePeak: 0 };
      this.#byNode.set(node, sums);
    }
    return sums;
  }
}
