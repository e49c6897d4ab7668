import { setTimeout as pause } from "node:timers/promises";
import type { Part, Plan } from "../parts/part.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings } from "../report/findings.ts";
import { type AssembledRouter, assembleRouter } from "../stage/assembled-router.ts";
import { fillHistory, fleetPlan } from "./fill-history.ts";
import { historyTrace } from "./history-trace.ts";
import { requestPathUs } from "./request-path.ts";
import { withTraces } from "./stored-traces.ts";

/** What a sustained load of records costs, and how much room they take. */
export const records: Part = {
  name: "records",
  title: "Records at 5,000 a second",
  programs: ["nginx", "wrk"],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const { keep } = cleanup;
      const { steadyS, rows, days, pathS } = extentOf(plan);
      plan.say("what a relayed request takes");
      const pathUs = await requestPathUs(cleanup, pathS);
      plan.say(`${RATE} requests a second`);
      const steady = await measureSteady(keep(assembleRouter()), steadyS);
      plan.say(`room of ${rows} requests`);
      const room = await measureRoom(keep(assembleRouter()), { rows, days });
      return findingsOf(steady, room, pathUs);
    }),
};

const extentOf = ({ isShort }: Plan) =>
  isShort ? { steadyS: 1, rows: 5_000, days: 1, pathS: 1 } : { steadyS: 20, rows: 1_000_000, days: 7, pathS: 5 };

const RATE = 5_000;
const SHARE_AT_MOST = 0.05;
const BYTES_AT_MOST = 400;
/** Different requests; made before, so that making them is not measured. */
const SAMPLES = 5_000;
const TICK_MS = 2;

interface Steady {
  readonly offered: number;
  readonly written: number;
  readonly dropped: number;
  readonly seconds: number;
  /** Beyond an offer that nobody takes, per request. */
  readonly mainThreadUs: number;
  readonly allThreadsUs: number;
  readonly mostPending: number;
}

async function measureSteady({ stores }: AssembledRouter, seconds: number): Promise<Steady> {
  const plan = fleetPlan();
  const samples = Array.from({ length: SAMPLES }, (_, id) => historyTrace(plan, { endedAt: Date.now(), id }));
  let mostPending = 0;
  const record = (at: number): void => {
    const sample = samples[at % SAMPLES];
    if (sample !== undefined) stores.traces.record(sample);
  };
  const untilWritten = async (): Promise<void> => {
    while (stores.traces.counts().pending > 0) await pause(1);
  };
  await offer(seconds / 10, record);
  await untilWritten();
  const before = stores.traces.counts();
  const bare = await timed(() => offer(seconds, () => undefined));
  const whole = await timed(async () => {
    await offer(seconds, (at) => {
      record(at);
      if (at % RATE === 0) mostPending = Math.max(mostPending, stores.traces.counts().pending);
    });
    await untilWritten();
  });
  const { written, dropped } = stores.traces.counts();
  const offered = RATE * seconds;
  return {
    offered,
    written: written - before.written,
    dropped: dropped - before.dropped,
    seconds: whole.seconds,
    mainThreadUs: (whole.mainUs - bare.mainUs) / offered,
    allThreadsUs: (whole.allUs - bare.allUs) / offered,
    mostPending,
  };
}

/** Calls so often a second, in small lots, as requests of many clients end. */
async function offer(seconds: number, take: (at: number) => void): Promise<void> {
  const begunAt = performance.now();
  for (let done = 0; done < RATE * seconds; await pause(TICK_MS)) {
    const due = Math.min(RATE * seconds, Math.floor(((performance.now() - begunAt) / 1000) * RATE));
    for (; done < due; done += 1) take(done);
  }
}

async function timed(run: () => Promise<void>) {
  const [main, all, at] = [process.threadCpuUsage(), process.cpuUsage(), performance.now()];
  await run();
  const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system;
  return {
    mainUs: sum(process.threadCpuUsage(main)),
    allUs: sum(process.cpuUsage(all)),
    seconds: (performance.now() - at) / 1000,
  };
}

interface Room {
  readonly rows: number;
  readonly perSecond: number;
  /** Size of the file, and of its largest parts, bytes per request. */
  readonly bytes: number;
  readonly parts: readonly (readonly [string, number])[];
}

async function measureRoom(
  router: AssembledRouter,
  history: { readonly rows: number; readonly days: number },
): Promise<Room> {
  const { traces } = router.stores;
  const startedAt = performance.now();
  await fillHistory({ record: (trace) => traces.record(trace), counts: () => traces.counts() }, history);
  const seconds = (performance.now() - startedAt) / 1000;
  const { rows } = history;
  return withTraces(router.dataDir, (database) => {
    const pages = Number(database.pragma("page_count", { simple: true }));
    const pageBytes = Number(database.pragma("page_size", { simple: true }));
    const parts = database
      .prepare<[], { readonly name: string; readonly bytes: number }>(
        "SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 6",
      )
      .all();
    return {
      rows,
      perSecond: rows / seconds,
      bytes: (pages * pageBytes) / rows,
      parts: parts.map(({ name, bytes }) => [name, bytes / rows] as const),
    };
  });
}

function findingsOf(steady: Steady, room: Room, pathUs: number): Findings {
  const { offered, written, dropped, seconds, mainThreadUs, allThreadsUs, mostPending } = steady;
  return {
    setup: [
      "The router's own recorder and database in the bench's process. The requests are those of a fleet of 10 nodes and 20 models: dialects, tags, energy and ends mixed, one attempt with its decision each.",
      `CPU time is that beyond an offer at the same pace that nobody takes. The path of a request is what a whole answer takes of the main thread of a router before backends that answer at once, records included: ${pathUs.toFixed(0)} µs in this run.`,
    ],
    tables: [
      {
        title: "A sustained load",
        head: ["requests", "requests/s", "main thread per request, µs", "all threads, µs", "most waiting", "dropped"],
        rows: [[String(offered), written / seconds, mainThreadUs, allThreadsUs, mostPending, dropped]],
      },
      {
        title: `Room of ${room.rows} requests, sums of usage included`,
        head: ["part", "bytes per request"],
        rows: [["the whole file", room.bytes], ...room.parts],
      },
    ],
    targets: [
      {
        what: `requests written a second, ${RATE} offered`,
        bound: RATE * 0.99,
        measured: written / seconds,
        unit: "/s",
        side: "lower",
      },
      {
        what: "share of the request path's time that recording takes",
        bound: SHARE_AT_MOST * 100,
        measured: (mainThreadUs / pathUs) * 100,
        unit: "%",
        side: "upper",
      },
      {
        what: "size of the database per request",
        bound: BYTES_AT_MOST,
        measured: room.bytes,
        unit: "bytes",
        side: "upper",
      },
    ],
    notes: [`Written as fast as it goes, those of the second table took ${(room.rows / room.perSecond).toFixed(0)} s.`],
    failures: Math.abs(offered - written) + dropped,
  };
}
