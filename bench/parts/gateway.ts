import { join } from "node:path";
import { CHAT_ANSWER, chatBody, MODEL } from "../load/chat.ts";
import { type LoadResult, runWrk, writeScript } from "../load/wrk.ts";
import { freePorts } from "../processes/ports.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table } from "../report/findings.ts";
import { answerLines, startNginx } from "../stage/nginx.ts";
import { inTurn, startThreeWays, type Way, type WayName, wayNames } from "../stage/three-ways.ts";
import { median, sum } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const NODES = 3;
const CONNECTIONS = [1, 10, 64] as const;

/** One load on one way. */
interface Sample extends LoadResult {
  readonly way: WayName;
  readonly connections: number;
  /** CPU time of what stands between, ms. */
  readonly cpuMs: number;
}

/** Whole answers from a backend that answers at once. */
export const gateway: Part = {
  name: "gateway",
  title: "Gateway: whole answers",
  programs: ["nginx", "wrk"],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const ports = await freePorts(NODES);
      const http = answerLines(ports, CHAT_ANSWER);
      cleanup.keep(await startNginx({ folder: cleanup.folder(), port: ports[0] ?? 0, workers: "1", http }));
      const script = writeScript(join(cleanup.folder(), "ask.lua"), chatBody({ stream: false }));
      const stage = await startThreeWays(cleanup, ports, MODEL);
      const findings = findingsOf(await measureRounds(stage.ways, script, plan), plan);
      return findings.failures === 0 ? findings : { ...findings, notes: [...findings.notes, stage.endsAtHerd()] };
    }),
};

const extentOf = ({ isShort }: Plan) =>
  isShort
    ? { rounds: 1, seconds: 1, connections: [10], warmUpS: 0 }
    : { rounds: 5, seconds: 4, connections: CONNECTIONS, warmUpS: 4 };

async function measureRounds(ways: readonly Way[], script: string, plan: Plan): Promise<readonly Sample[]> {
  const { rounds, seconds, connections, warmUpS } = extentOf(plan);
  const samples: Sample[] = [];
  for (const way of warmUpS > 0 ? ways : [])
    await runWrk({ url: urlOf(way), script, connections: 10, seconds: warmUpS });
  for (let round = 0; round < rounds; round += 1) {
    plan.say(`round ${round + 1} of ${rounds}`);
    for (const count of connections) {
      for (const way of inTurn(ways, round)) {
        const before = way.cpuMs();
        const load = await runWrk({ url: urlOf(way), script, connections: count, seconds });
        samples.push({ ...load, way: way.name, connections: count, cpuMs: way.cpuMs() - before });
      }
    }
  }
  return samples;
}

const urlOf = ({ port }: Way): string => `http://127.0.0.1:${port}/api/chat`;

function findingsOf(samples: readonly Sample[], plan: Plan): Findings {
  const { rounds, seconds, connections } = extentOf(plan);
  const of = (way: WayName, count: number) => samples.filter((one) => one.way === way && one.connections === count);
  const rate = (way: WayName, count: number): number => median(of(way, count).map((one) => one.requestsPerSecond));
  const p50 = (way: WayName, count: number): number => median(of(way, count).map((one) => one.p50));
  const targets = [
    {
      what: "requests/s of nginx's at concurrency 10",
      bound: 0.28,
      measured: rate("herd", 10) / rate("nginx", 10),
      unit: "",
      side: "lower",
    } as const,
    {
      what: "added p50 at concurrency 1",
      bound: 0.4,
      measured: p50("herd", 1) - p50("direct", 1),
      unit: "ms",
      side: "upper",
    } as const,
  ];
  return {
    setup: [
      `wrk, one thread, ${rounds} rounds of ${seconds} s for each way and concurrency, in turns; chats of ${chatBody({}).length} bytes, answers of ${CHAT_ANSWER.length} bytes with a usage record.`,
      `The backend is an nginx that answers at once on ${NODES} ports; for herd these are ${NODES} nodes with 20 models each that sign their heartbeats.`,
    ],
    tables: connections.map((count) => tableAt(count, (way) => of(way, count))),
    targets: targets.filter(({ measured }) => !Number.isNaN(measured)),
    notes: [
      "Other gateways in the same set-up, as measured before: 0.20, 0.18, 0.14, 0.07 and 0.005 of nginx's requests/s at concurrency 10, the predecessor 0.003; added p50 at concurrency 1 from 0.45 to 17 ms.",
    ],
    failures: sum(samples.map(({ errors }) => errors)),
  };
}

function tableAt(count: number, of: (way: WayName) => readonly Sample[]): Table {
  const p = (way: WayName, field: "requestsPerSecond" | "p50" | "p99"): number =>
    median(of(way).map((one) => one[field]));
  const cpuUs = (way: WayName): number => median(of(way).map(({ cpuMs, requests }) => (cpuMs * 1000) / requests));
  return {
    title: `Concurrency ${count}`,
    head: [
      "way",
      "requests/s",
      "of nginx",
      "p50, ms",
      "p99, ms",
      "added p50, ms",
      "added p99, ms",
      "CPU per request, µs",
    ],
    rows: wayNames.map((way) => [
      way,
      p(way, "requestsPerSecond"),
      p(way, "requestsPerSecond") / p("nginx", "requestsPerSecond"),
      p(way, "p50"),
      p(way, "p99"),
      p(way, "p50") - p("direct", "p50"),
      p(way, "p99") - p("direct", "p99"),
      cpuUs(way),
    ]),
  };
}
