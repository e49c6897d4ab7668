import { hostname } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { createEnergyStore } from "../energy/energy-store.ts";
import { threadProgram } from "../places.ts";
import type { RouterSettings } from "../settings/settings.ts";
import { createBriefingStore } from "../storage/advice/briefing-store.ts";
import { createBenchmarkStore } from "../storage/benchmark-store.ts";
import { type HerdDatabase, openDatabase } from "../storage/database.ts";
import { type FolderLock, lockFolder } from "../storage/folder/folder-lock.ts";
import { createHealthStore } from "../storage/health/health-store.ts";
import { createKnownModels } from "../storage/known-models.ts";
import { createLearnedStore } from "../storage/learned-store.ts";
import { createMilestones } from "../storage/milestones.ts";
import { createModelEvents } from "../storage/model-events.ts";
import { createNodeMarks } from "../storage/node-marks.ts";
import { createNodeStore } from "../storage/node-store.ts";
import { spaceKept } from "../storage/retention/database-size.ts";
import { createRetention, type Retention } from "../storage/retention/retention.ts";
import { createSettingsStore } from "../storage/settings-store.ts";
import { storageProblemOf } from "../storage/storage-problem.ts";
import { createFlusher, type Flusher } from "../storage/writing/flusher.ts";
import { logState, recordsFacts } from "../storage/writing/records-facts.ts";
import { type RecordsFinding, recordsFindings } from "../storage/writing/records-findings.ts";
import type { Schedule } from "../storage/writing/schedule.ts";
import { noticeDamage } from "../traces/notice-damage.ts";
import { createReadingThread, type ReadingThread } from "../traces/reading/reading-thread.ts";
import { createTraceRecorder, type TraceRecorder } from "../traces/record.ts";
import { type RecordAnew, recordAnew } from "../traces/record-anew.ts";
import { createTraceThread, type TraceThread } from "../traces/thread/trace-thread.ts";
import { prepareFolder } from "./records/prepare-folder.ts";

/** What the stores need from outside. */
export interface StoreSources {
  readonly settings: RouterSettings;
  readonly log: Logger;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
  /** ms, never going back. */
  readonly monotonic: () => number;
}

const schedule: Schedule = (run, afterMs) => {
  const timer = setTimeout(run, afterMs);
  timer.unref();
  return () => clearTimeout(timer);
};

/**
 * Takes the data folder for this process, opens the database in it and everything that is kept there.
 * @throws HerdError HERD_FOLDER_IN_USE, HERD_DATABASE_NEWER, HERD_DATA_FOLDER when it cannot be used.
 */
export function openStores(sources: StoreSources) {
  const { settings, epochNow } = sources;
  prepareFolder(settings.dataDir);
  const since = new Date(epochNow()).toISOString();
  const lock = lockFolder(settings.dataDir, { pid: process.pid, machine: hostname(), port: settings.port, since });
  try {
    return openLocked(sources, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openLocked({ settings, log, epochNow, monotonic }: StoreSources, lock: FolderLock) {
  const path = join(settings.dataDir, "latency.db");
  const database = openDatabase({ path, now: epochNow, onOlder: (bytes) => tellOlder(bytes, log) });
  const { connection } = database;
  tellOpening(database, log);
  const flusher = createTellingFlusher({ database, monotonic, log });
  const thread = createThread(database, log);
  const retention = createOwnRetention({ database, thread, settings, log, epochNow });
  const traces = createTraces({ settings, database, flusher, thread });
  const reading = createReading(database, log);
  // The first question comes soon; until then the router listens, which is more urgent.
  schedule(reading.start, READS_FROM_MS);
  const parts = { database, flusher, traces };
  return {
    traces,
    ...createTables({ connection, flusher, now: epochNow }),
    ask: noticeDamage(reading.ask, database.noteDamage),
    /** What a person should know about the records now. */
    findings: () => findingsNow(parts),
    /** How the records fare, in numbers. */
    facts: () => recordsFacts({ database, flusher, counts: () => traces.counts() }),
    /** The port is known now: whoever wants the data folder is told it. */
    tellPort: (port: number): void => {
      try {
        if (port !== settings.port) lock.tellPort(port);
      } catch (error) {
        log.warn({ exception: error }, "the port could not be noted in the data folder");
      }
    },
    /** Writes what waits, closes the file and gives the folder back. */
    close: (): void => {
      retention.close();
      reading.close(CLOSING_READS_MS);
      traces.close();
      flusher.close();
      const state = flusher.state();
      database.close();
      recordLeft({ state, path: database.path, now: epochNow, traces: traces.waiting() }, log);
      lock.release();
    },
  };
}

interface TableSources extends Pick<HerdDatabase, "connection"> {
  readonly flusher: Flusher;
  readonly now: () => number;
}

/** What is kept in tables of its own, beside the requests. */
const createTables = ({ connection, flusher, now }: TableSources) => ({
  nodes: createNodeStore({ connection, flusher }),
  // Before old sightings of models are deleted: it reads them, too.
  milestones: createMilestones({ connection, flusher, now }),
  knownModels: createKnownModels({ connection, flusher, now }),
  learned: createLearnedStore({ connection, flusher }),
  briefings: createBriefingStore(connection),
  energy: createEnergyStore({ connection, flusher }),
  benchmarks: createBenchmarkStore(connection),
  modelEvents: createModelEvents({ connection, flusher }),
  nodeMarks: createNodeMarks({ connection, now }),
  health: createHealthStore({ connection, flusher }),
  settings: createSettingsStore({ connection, now }),
});

interface RetentionSources extends Pick<StoreSources, "settings" | "log" | "epochNow"> {
  readonly database: HerdDatabase;
  readonly thread: TraceThread;
}

function createOwnRetention({ database, thread, settings, log, epochNow }: RetentionSources): Retention {
  return createRetention({
    connection: database.connection,
    beside: thread,
    schedule,
    now: epochNow,
    limits: () => ({
      days: { traces: settings.traceRetentionDays, usage: settings.usageRetentionDays },
      bytes: settings.maxDatabaseMb * 2 ** 20,
    }),
    onProblem: (reason, error) => {
      if (storageProblemOf(error) === "damaged") database.noteDamage();
      log.warn({ reason }, "old records could not be deleted");
    },
  });
}

/** When the reading thread is started, ms: it takes a tenth of a second of a core. */
const READS_FROM_MS = 1000;

/** Nobody waits for an answer any more; a long one is not waited for, ms. */
const CLOSING_READS_MS = 500;

const createReading = (database: HerdDatabase, log: Logger): ReadingThread =>
  createReadingThread({
    program: threadProgram("traces/reading/answer-questions-worker"),
    path: database.path,
    isInPlace: database.isInPlace,
    schedule,
    onBreakdown: (error) => log.warn({ exception: error }, "records are read by a new thread from now on"),
  });

const createThread = (database: HerdDatabase, log: Logger): TraceThread =>
  createTraceThread({
    program: threadProgram("traces/thread/write-rows-worker"),
    path: database.path,
    onBreakdown: (error) => log.error({ exception: error }, "records are written by the main thread from now on"),
  });

interface TraceSources extends Pick<StoreSources, "settings"> {
  readonly database: HerdDatabase;
  readonly flusher: Flusher;
  readonly thread: TraceThread;
}

function createTraces({ settings, database, flusher, thread }: TraceSources): TraceRecorder {
  const { traceFlushMs: flushMs, traceBacklog: backlog } = settings;
  const beside = { thread, schedule, isInPlace: database.isInPlace };
  return createTraceRecorder({ connection: database.connection, flusher, flushMs, backlog, beside });
}

interface FlusherSources {
  readonly database: HerdDatabase;
  readonly monotonic: () => number;
  readonly log: Logger;
}

/** A flusher whose troubles are told once each, not once per row. */
function createTellingFlusher({ database, monotonic, log }: FlusherSources): Flusher {
  return createFlusher({
    database,
    schedule,
    monotonic,
    onStateChange: (state) => {
      if (state.kind === "failing")
        log.error({ problem: state.problem, reason: state.reason }, "records cannot be written; requests go on");
      else log.info("records are written again");
    },
    onRowsRefused: ({ source, count, error }) =>
      log.error({ exception: error, source, count }, "the database refused rows"),
  });
}

interface RecordParts {
  readonly database: HerdDatabase;
  readonly flusher: Flusher;
  readonly traces: TraceRecorder;
}

function findingsNow({ database, flusher, traces }: RecordParts): readonly RecordsFinding[] {
  const { path, setAside, connection } = database;
  const file = { spaceKept: spaceKept(connection), ...logState(database) };
  const [isDamaged, flush, counts] = [database.isDamaged(), flusher.state(), traces.counts()];
  return recordsFindings({ path, setAside, isDamaged, flush, counts, ...file });
}

function recordLeft(left: RecordAnew, log: Logger): void {
  const { written, error: exception } = recordAnew(left);
  const count = left.traces.length - written;
  if (written > 0) log.warn({ count: written }, "requests that waited are recorded where the next start finds them");
  if (count > 0) log.error({ count, exception }, "requests could not be recorded before the end");
}

/** A smaller one is prepared before anybody wonders, bytes. */
const LONG_FROM = 64 * 2 ** 20;

function tellOlder(bytes: number, log: Logger): void {
  const seconds = Math.ceil(bytes / (45 * 2 ** 20));
  if (bytes >= LONG_FROM) log.info({ seconds }, "the records of an older version are prepared; this takes a while");
}

function tellOpening({ setAside, backup }: HerdDatabase, log: Logger): void {
  if (setAside !== undefined)
    log.error({ path: setAside }, "the database was damaged: it is set aside, a new one is begun");
  if (backup !== undefined)
    log.info({ path: backup }, "the predecessor's database was copied before it got new columns");
}

/** Everything that is kept in the database. */
export type Stores = ReturnType<typeof openStores>;
