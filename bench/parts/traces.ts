import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import openDatabase from "better-sqlite3";
import type { TraceInput } from "../../packages/router/src/traces/trace-input.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import { sampleTrace } from "../records/sample-trace.ts";
import { withTraces } from "../records/stored-traces.ts";
import type { Findings } from "../report/findings.ts";
import { type AssembledRouter, assembleRouter } from "../stage/assembled-router.ts";
import type { Part, Plan } from "./part.ts";

/** What writing records costs. */
export const traces: Part = {
  name: "traces",
  title: "Trace rows",
  programs: [],
  isLong: false,
  measure: (plan) => withCleanup(({ keep }) => measureAll(keep(assembleRouter()), plan)),
};

const extentOf = ({ isShort }: Plan) =>
  isShort ? { rows: 2_000, steadyS: 0.3, lockedS: 0.3 } : { rows: 50_000, steadyS: 10, lockedS: 3 };

/** Rows of a busy router, per second. */
const STEADY_RATE = 500;
/** Rows while another program holds the database, per second. */
const LOCKED_RATE = 2_000;
/** The default of the setting `trace_backlog`, and how many are offered beyond it. */
const BACKLOG = 10_000;
const TOO_MANY = 2_000;
const FULL_FOR_MS = 300;

/** One run. */
interface Run {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuUsPerRow: number;
  /** The longest time in which nothing else could run, ms. */
  readonly longestBlockMs: number;
}

async function measureAll(router: AssembledRouter, plan: Plan): Promise<Findings> {
  const { rows, steadyS, lockedS } = extentOf(plan);
  const { traces: recorder } = router.stores;
  const sink = sinkOf(router);
  await asFastAsItGoes(sink, Math.ceil(rows / 10));
  plan.say("as fast as rows are written");
  const fast = await compared(rows, sink, (to) => asFastAsItGoes(to, rows));
  plan.say("at a steady pace");
  const steady = await compared(STEADY_RATE * steadyS, sink, (to) => atPace(to, STEADY_RATE, steadyS));
  await untilWritten(sink);
  plan.say("while another program holds the database");
  const locked = await whileLocked(router, () => atPace(sink, LOCKED_RATE, lockedS));
  const full = await whileLocked(router, async () => {
    offer(sink, BACKLOG + TOO_MANY);
    await pause(FULL_FOR_MS);
  });
  const { written, dropped } = recorder.counts();
  const stored = withTraces(router.dataDir, (database) =>
    database.prepare<[], { readonly count: number }>("SELECT count(*) AS count FROM request_traces").get(),
  );
  return findingsOf({
    fast,
    steady,
    locked,
    full,
    mismatch: mismatchOf({ written, dropped, stored: stored?.count }),
    plan,
  });
}

/** Rows that are neither on disk nor counted as dropped, or both. */
const mismatchOf = ({ written, dropped, stored = 0 }: Counts): number =>
  Math.abs(written - stored) + Math.abs(recorded - written - dropped);

interface Counts {
  readonly written: number;
  readonly dropped: number;
  readonly stored: number | undefined;
}

/** Where rows go: the router's recorder, or nowhere, to know what only making them costs. */
interface Sink {
  readonly record: (row: TraceInput) => void;
  readonly pending: () => number;
}

const nowhere: Sink = { record: () => undefined, pending: () => 0 };

const sinkOf = ({ stores }: AssembledRouter): Sink => ({
  record: (row) => {
    recorded += 1;
    stores.traces.record(row);
  },
  pending: () => stores.traces.counts().pending,
});

let recorded = 0;

function offer({ record }: Sink, count: number): void {
  for (let at = 0; at < count; at += 1) record(sampleTrace(recorded));
}

const PENDING_AT_MOST = 400;

async function asFastAsItGoes(sink: Sink, rows: number): Promise<void> {
  for (let left = rows; left > 0; left -= 1) {
    offer(sink, 1);
    while (sink.pending() >= PENDING_AT_MOST) await nextTurn();
  }
  await untilWritten(sink);
}

async function atPace(sink: Sink, rate: number, seconds: number): Promise<void> {
  const begunAt = performance.now();
  let done = 0;
  while (done < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - begunAt) / 1000) * rate));
    offer(sink, due - done);
    done = due;
    await pause(2);
  }
}

async function untilWritten({ pending }: Sink): Promise<void> {
  while (pending() > 0) await pause(1);
}

/** The same offer twice: what the recorder's costs beyond the other. */
async function compared(rows: number, sink: Sink, run: (sink: Sink) => Promise<void>): Promise<Run> {
  const bare = await watched(rows, () => run(nowhere));
  const whole = await watched(rows, () => run(sink));
  return { ...whole, cpuUsPerRow: whole.cpuUsPerRow - bare.cpuUsPerRow };
}

async function watched(rows: number, run: () => Promise<void>): Promise<Run> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [cpu, at] = [process.cpuUsage(), performance.now()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - at) / 1000;
  delay.disable();
  return { rows, seconds, cpuUsPerRow: (user + system) / rows, longestBlockMs: delay.max / 1e6 };
}

/** What happens to rows while another program holds the database, and after it. */
interface Locked {
  readonly pending: number;
  readonly dropped: number;
  /** From the release of the lock until everything was written, s. */
  readonly drainedInS: number;
  readonly longestBlockMs: number;
}

async function whileLocked(router: AssembledRouter, run: () => Promise<void>): Promise<Locked> {
  const { traces: recorder } = router.stores;
  const droppedBefore = recorder.counts().dropped;
  const other = openDatabase(join(router.dataDir, "latency.db"));
  other.exec("BEGIN IMMEDIATE");
  const { longestBlockMs } = await watched(1, run);
  const { pending, dropped } = recorder.counts();
  other.exec("COMMIT");
  other.close();
  const freeAt = performance.now();
  await untilWritten(sinkOf(router));
  const drainedInS = (performance.now() - freeAt) / 1000;
  return { pending, dropped: dropped - droppedBefore, drainedInS, longestBlockMs };
}

interface Measured {
  readonly fast: Run;
  readonly steady: Run;
  readonly locked: Locked;
  readonly full: Locked;
  readonly mismatch: number;
  readonly plan: Plan;
}

function findingsOf({ fast, steady, locked, full, mismatch, plan }: Measured): Findings {
  const { lockedS } = extentOf(plan);
  const runRow = (name: string, run: Run) => [
    name,
    run.rows,
    run.rows / run.seconds,
    run.cpuUsPerRow,
    run.longestBlockMs,
  ];
  const lockedRow = (name: string, one: Locked) => [name, one.pending, one.dropped, one.drainedInS, one.longestBlockMs];
  return {
    setup: [
      "The router's own recorder and database in the bench's process; one request is a row with its attempt, its decision in short and its latency observation. CPU time is that beyond making the rows, all threads together.",
    ],
    tables: [
      {
        title: "Written as they come",
        head: ["pace", "requests", "requests/s", "CPU per request, µs", "longest block, ms"],
        rows: [runRow("as fast as it goes", fast), runRow(`${STEADY_RATE} requests/s`, steady)],
      },
      {
        title: "While another program holds the database",
        head: ["offered", "kept waiting", "dropped", "written after the release in, s", "longest block meanwhile, ms"],
        rows: [
          lockedRow(`${LOCKED_RATE} requests/s for ${lockedS} s`, locked),
          lockedRow(`${BACKLOG + TOO_MANY} at once, with room for ${BACKLOG}`, full),
        ],
      },
    ],
    targets: [],
    notes: ["Every row is on disk once, or counted as dropped: the bench counts them."],
    failures: mismatch,
  };
}
