import { modelNames } from "../nodes/heartbeat-body.ts";
import type { Part, Plan } from "../parts/part.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import { assembleRouter } from "../stage/assembled-router.ts";
import { percentile } from "../statistics.ts";

/** Every node holds every model, a few of them in memory. */
interface Case {
  readonly nodes: number;
  readonly models: number;
}

const CASES: readonly Case[] = [
  { nodes: 1, models: 10 },
  { nodes: 50, models: 200 },
  { nodes: 500, models: 200 },
];
const BOUND_MS = 20;

/** What one run of all health checks costs: requests wait meanwhile. */
export const health: Part = {
  name: "health",
  title: "Health checks",
  programs: [],
  isLong: false,
  measure: async (plan) => {
    const { cases, runs } = extentOf(plan);
    const rows: (readonly [Case, readonly number[]])[] = [];
    for (const one of cases) {
      plan.say(`${one.nodes} nodes with ${one.models} models each`);
      rows.push([one, await measureCase(one, runs)]);
    }
    const middle = rows.find(([{ nodes }]) => nodes === 50)?.[1] ?? [];
    return {
      setup: [
        `The router's own parts in the bench's process: ${runs} runs a fleet, each with everything that is gathered for it and with what it writes down and tells.`,
      ],
      tables: [
        {
          title: "",
          head: ["nodes", "models on each", "run p50, ms", "run p99, ms"],
          rows: rows.map(([{ nodes, models }, times]) => [
            nodes,
            models,
            percentile(times, 0.5),
            percentile(times, 0.99),
          ]),
        },
      ],
      targets: [
        {
          what: "health run p99, 50 nodes × 200 models",
          bound: BOUND_MS,
          measured: percentile(middle, 0.99),
          unit: "ms",
          side: "upper",
        },
      ],
      notes: [],
      failures: 0,
    };
  },
};

const extentOf = ({ isShort }: Plan) =>
  isShort ? { cases: CASES.slice(0, 2), runs: 10 } : { cases: CASES, runs: 200 };

const measureCase = ({ nodes, models }: Case, runs: number): Promise<readonly number[]> =>
  withCleanup(async ({ keep }) => {
    const router = keep(assembleRouter());
    const names = modelNames(models);
    for (let at = 0; at < nodes; at += 1)
      router.take({
        id: `node-${at}`,
        port: 20_000 + at,
        models: names,
        loaded: names.slice(at % 7).slice(0, 3),
        parallel: 4,
      });
    for (let warmUp = 0; warmUp < 5; warmUp += 1) router.health.look();
    return Array.from({ length: runs }, () => {
      const startedAt = performance.now();
      router.health.look();
      return performance.now() - startedAt;
    });
  });
