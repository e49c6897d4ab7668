import { MODEL } from "../load/chat.ts";
import type { StreamReport, StreamSight } from "../load/stream-order.ts";
import { cpuMsOf } from "../processes/process-costs.ts";
import { type BenchProgram, startBackend, startProgram } from "../processes/start-program.ts";
import { type MemorySight, watchMemory } from "../processes/watch-memory.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table, Target } from "../report/findings.ts";
import { inTurn, startThreeWays, type Way, type WayName, wayNames } from "../stage/three-ways.ts";
import { median, percentile } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

/** A router lets at most 64 requests run on one node and model: 256 streams need more nodes than four. */
const NODES = 6;

/** So many streams, all begun at once or one after the other. */
interface Case {
  readonly streams: number;
  readonly chunks: number;
  readonly everyMs: number;
  readonly spreadMs: number;
}

interface Sample {
  readonly of: Case;
  readonly way: WayName;
  readonly streams: readonly StreamSight[];
  /** Share of one core, percent. */
  readonly load: { readonly way: number; readonly backend: number; readonly client: number };
  /** Of herd's process, whatever the way. */
  readonly memory: MemorySight;
}

/** Answers that arrive in pieces: how much later, and how evenly. */
export const streams: Part = {
  name: "streams",
  title: "Streams: first chunk and largest gap",
  programs: ["nginx"],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const backend = cleanup.keep(await startBackend(NODES));
      const client = cleanup.keep(startProgram("stream-client"));
      const stage = await startThreeWays(cleanup, backend.ports, MODEL);
      const findings = findingsOf(
        await measureRounds({ ways: stage.ways, herdPid: stage.herd.pid, backend, client }, plan),
        plan,
      );
      return findings.failures === 0 ? findings : { ...findings, notes: [...findings.notes, stage.endsAtHerd()] };
    }),
};

const short: Case = { streams: 8, chunks: 20, everyMs: 10, spreadMs: 0 };
const warmUp: Case = { streams: 32, chunks: 5, everyMs: 1, spreadMs: 0 };
const cases: readonly Case[] = [
  { streams: 32, chunks: 100, everyMs: 20, spreadMs: 0 },
  { streams: 32, chunks: 100, everyMs: 20, spreadMs: 1000 },
  { streams: 256, chunks: 50, everyMs: 50, spreadMs: 0 },
  { streams: 256, chunks: 50, everyMs: 50, spreadMs: 1000 },
];

const extentOf = ({ isShort }: Plan) =>
  isShort ? { rounds: 1, cases: [short], warmUps: 2 } : { rounds: 5, cases, warmUps: 60 };

interface Stage {
  readonly ways: readonly Way[];
  readonly herdPid: number;
  readonly backend: BenchProgram;
  readonly client: BenchProgram;
}

async function measureRounds(stage: Stage, plan: Plan): Promise<readonly Sample[]> {
  const extent = extentOf(plan);
  const samples: Sample[] = [];
  for (const way of stage.ways) {
    // Programs that have just started are slower than they are a few hundred requests later.
    for (let turn = 0; turn < extent.warmUps; turn += 1) await runCase(stage, way, warmUp);
  }
  for (let round = 0; round < extent.rounds; round += 1) {
    plan.say(`round ${round + 1} of ${extent.rounds}`);
    for (const one of extent.cases) {
      for (const way of inTurn(stage.ways, round)) samples.push(await runCase(stage, way, one));
    }
  }
  return samples;
}

async function runCase({ herdPid, backend, client }: Stage, way: Way, one: Case): Promise<Sample> {
  const before = { at: performance.now(), way: way.cpuMs(), backend: cpuMsOf(backend.pid) };
  const pace = { chunks: one.chunks, everyMs: one.everyMs, bytes: 140 };
  const watch = watchMemory(herdPid);
  client.tell({ port: way.port, dialect: "native", pace, streams: one.streams, spreadMs: one.spreadMs });
  const report = await client.hear<StreamReport>();
  const percent = 100 / (performance.now() - before.at);
  const load = {
    way: (way.cpuMs() - before.way) * percent,
    backend: (cpuMsOf(backend.pid) - before.backend) * percent,
    client: report.cpuMs * percent,
  };
  return { of: one, way: way.name, streams: report.streams, load, memory: watch.stop() };
}

function findingsOf(samples: readonly Sample[], plan: Plan): Findings {
  const extent = extentOf(plan);
  return {
    setup: [
      `A backend of the bench sends its first record at once and the others at fixed intervals, in its own process; the client reads plain sockets in another. ${extent.rounds} rounds, the ways in turns; percentiles over all streams of all rounds.`,
    ],
    tables: [...extent.cases.map((one) => tableOf(samples, one)), memoryTable(samples, extent.cases)],
    targets: plan.isShort ? [] : targetsOf(samples),
    notes: [
      "Begun at once, the last of the streams also waits for the work of all others before it, the same on every way; spread over a second, they meet as clients of a household or an office do.",
    ],
    failures: lostOf(samples),
  };
}

const nameOf = ({ streams: count, chunks, everyMs, spreadMs }: Case): string =>
  `${count} streams of ${chunks} chunks, one every ${everyMs} ms, begun ${spreadMs === 0 ? "at once" : `over ${spreadMs} ms`}`;

/** A percentile over all streams of a case on one way. */
function sightOf(samples: readonly Sample[], one: Case, way: WayName) {
  const mine = samples.filter((sample) => sample.of === one && sample.way === way);
  const all = mine.flatMap(({ streams: seen }) => seen);
  return {
    first: (share: number): number =>
      percentile(
        all.map(({ firstMs }) => firstMs),
        share,
      ),
    gap: (share: number): number =>
      percentile(
        all.map(({ largestGapMs }) => largestGapMs),
        share,
      ),
    load: (who: keyof Sample["load"]): number => median(mine.map(({ load }) => load[who])),
  };
}

function tableOf(samples: readonly Sample[], one: Case): Table {
  const direct = sightOf(samples, one, "direct");
  return {
    title: nameOf(one),
    head: [
      "way",
      "first chunk p50, ms",
      "p99, ms",
      "later p50, ms",
      "later p99, ms",
      "largest gap p50, ms",
      "p99, ms",
      "longer p99, ms",
      "CPU between, % of a core",
      "backend",
      "client",
    ],
    rows: wayNames.map((way) => {
      const { first, gap, load } = sightOf(samples, one, way);
      const later = [first(0.5) - direct.first(0.5), first(0.99) - direct.first(0.99)];
      const gaps = [gap(0.5), gap(0.99), gap(0.99) - direct.gap(0.99)];
      return [way, first(0.5), first(0.99), ...later, ...gaps, load("way"), load("backend"), load("client")];
    }),
  };
}

/** What as many streams take of herd's memory, and how many of them never ended as they should. */
const memoryTable = (samples: readonly Sample[], all: readonly Case[]): Table => ({
  title: "Resident memory of herd, and streams that were not whole",
  head: ["streams", "before, MiB", "the most, MiB", "growth within a round, MiB", "streams in all", "not whole"],
  rows: all.map((one) => {
    const mine = samples.filter((sample) => sample.of === one && sample.way === "herd");
    const growths = mine.map(({ memory }) => memory.mostMib - memory.beforeMib);
    const [before, most] = [mine[0]?.memory.beforeMib ?? Number.NaN, mine.map(({ memory }) => memory.mostMib)];
    return [nameOf(one), before, Math.max(...most), Math.max(...growths), mine.length * one.streams, lostOf(mine)];
  }),
});

const lostOf = (samples: readonly Sample[]): number =>
  samples.flatMap(({ streams: seen }) => seen.filter(({ isWhole }) => !isWhole)).length;

function targetsOf(samples: readonly Sample[]): readonly Target[] {
  const many = samples.filter(({ of, way }) => of.streams === 256 && way === "herd");
  const about = { unit: "", side: "upper" } as const;
  const what = `streams not whole of ${many.length * 256}, 256 at a time`;
  return [...lateness(samples), { what, bound: 0, measured: lostOf(many), ...about }];
}

const lateness = (samples: readonly Sample[]): readonly Target[] =>
  cases
    .filter(({ streams: count }) => count === 32)
    .flatMap((one): readonly Target[] => {
      const [direct, herd] = [sightOf(samples, one, "direct"), sightOf(samples, one, "herd")];
      const begun = one.spreadMs === 0 ? "begun at once" : "begun over a second";
      const about = { unit: "ms", side: "upper" } as const;
      return [
        {
          what: `first chunk of 32 streams ${begun}, later than direct, p50`,
          bound: 2,
          measured: herd.first(0.5) - direct.first(0.5),
          ...about,
        },
        { what: `the same at p99`, bound: 2, measured: herd.first(0.99) - direct.first(0.99), ...about },
        {
          what: `largest gap of 32 streams ${begun}, longer than direct, p99`,
          bound: 8,
          measured: herd.gap(0.99) - direct.gap(0.99),
          ...about,
        },
      ];
    });
