import type { Server } from "node:http";
import type { Logger } from "pino";
import { type Benchmark, createBenchmark } from "../../benchmark/benchmark.run.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";

/** What the benchmark of the fleet works on. */
export interface BenchmarkSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly stores: Stores;
  readonly log: Logger;
}

/** The benchmark; its requests come in by the router's own port, which is known when that listens. */
export interface BenchmarkPart extends Benchmark {
  readonly useServer: (server: Server) => void;
}

/** Builds it, idle. */
export function createBenchmarkPart({ fleet, serving, stores, log }: BenchmarkSources): BenchmarkPart {
  let listening: Server | undefined;
  const benchmark = createBenchmark({
    fleet: () => fleet.registry.snapshot(),
    activeOn: (node) => serving.book.all().reduce((sum, lane) => (lane.nodeId === node ? sum + lane.inFlight : sum), 0),
    url: () => ownUrlOf(listening),
    save: (run) => stores.benchmarks.save(run),
    onProblem: (error, what) => log.error({ exception: error }, what),
    epochNow: fleet.clock.now,
    now: serving.parts.now,
  });
  return Object.assign(benchmark, {
    useServer: (server: Server): void => {
      listening = server;
    },
  });
}

/** A router that listens everywhere is reached by loopback, whose callers may do everything. */
function ownUrlOf(server: Server | undefined): string | undefined {
  const address = server?.address();
  if (typeof address !== "object" || address === null) return undefined;
  const { address: host, port, family } = address;
  const isEverywhere = host === "0.0.0.0" || host === "::";
  if (isEverywhere) return `http://127.0.0.1:${port}`;
  return family === "IPv6" ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
