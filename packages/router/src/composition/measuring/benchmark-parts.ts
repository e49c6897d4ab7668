import type { Logger } from "pino";
import { type Benchmark, createBenchmark } from "../../benchmark/benchmark.run.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { OwnPort } from "./own-port.ts";

/** What the benchmark of the fleet works on. */
export interface BenchmarkSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly stores: Stores;
  readonly ownPort: OwnPort;
  readonly log: Logger;
}

/** Builds it, idle. */
export function createBenchmarkPart({ fleet, serving, stores, ownPort, log }: BenchmarkSources): Benchmark {
  return createBenchmark({
    fleet: () => fleet.registry.snapshot(),
    activeOn: (node) => serving.book.all().reduce((sum, lane) => (lane.nodeId === node ? sum + lane.inFlight : sum), 0),
    waitingOn: (node) => serving.book.all().reduce((sum, lane) => (lane.nodeId === node ? sum + lane.waiting : sum), 0),
    url: ownPort.url,
    save: (run) => stores.benchmarks.save(run),
    onProblem: (error, what) => log.error({ exception: error }, what),
    epochNow: fleet.clock.now,
    now: serving.parts.now,
  });
}
