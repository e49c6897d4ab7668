import { chmodSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeFolder } from "@herd/shared/log-file";
import type { Logger } from "pino";
import { threadProgram } from "../places.ts";
import type { RouterSettings } from "../settings/settings.ts";
import { createBenchmarkStore } from "../storage/benchmark-store.ts";
import { type HerdDatabase, openDatabase } from "../storage/database.ts";
import { type FolderLock, lockFolder } from "../storage/folder/folder-lock.ts";
import { createKnownModels } from "../storage/known-models.ts";
import { createLearnedStore } from "../storage/learned-store.ts";
import { createMilestones } from "../storage/milestones.ts";
import { createNodeStore } from "../storage/node-store.ts";
import { createRetention } from "../storage/retention.ts";
import { createSettingsStore } from "../storage/settings-store.ts";
import { dataFolderError } from "../storage/storage-problem.ts";
import { createFlusher, type Flusher } from "../storage/writing/flusher.ts";
import { type RecordsFinding, recordsFindings } from "../storage/writing/records-findings.ts";
import type { Schedule } from "../storage/writing/schedule.ts";
import { createFailedTraces } from "../traces/queries/failed-traces.ts";
import { createRecentTraces } from "../traces/queries/recent-traces.ts";
import { createTraceByRequest } from "../traces/queries/trace-by-request.ts";
import { askHere } from "../traces/questions.ts";
import { createTraceRecorder, type TraceRecorder } from "../traces/record.ts";
import { createTraceThread } from "../traces/thread/trace-thread.ts";

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
  const database = openDatabase({ path: join(settings.dataDir, "latency.db"), now: epochNow });
  const { connection } = database;
  tellOpening(database, log);
  const flusher = createTellingFlusher({ database, monotonic, log });
  const retention = createRetention({
    connection,
    schedule,
    now: epochNow,
    limits: () => ({ days: settings.traceRetentionDays, rows: 0 }),
    onProblem: (reason) => log.warn({ reason }, "old records could not be deleted"),
  });
  const traces = createTraces({ settings, database, flusher, log });
  const parts = { database, flusher, traces };
  return {
    traces,
    nodes: createNodeStore({ connection, flusher }),
    // Before old sightings of models are deleted: it reads them, too.
    milestones: createMilestones({ connection, flusher, now: epochNow }),
    knownModels: createKnownModels({ connection, flusher, now: epochNow }),
    learned: createLearnedStore({ connection, flusher }),
    benchmarks: createBenchmarkStore(connection),
    settings: createSettingsStore({ connection, now: epochNow }),
    ask: askHere(connection),
    queries: queriesOf(connection),
    /** What a person should know about the records now. */
    findings: () => findingsNow(parts),
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
      traces.close();
      flusher.close();
      const { pending } = traces.counts();
      if (pending > 0) log.error({ count: pending }, "requests could not be recorded before the end");
      database.close();
      lock.release();
    },
  };
}

const queriesOf = (connection: HerdDatabase["connection"]) => ({
  recent: createRecentTraces(connection),
  failed: createFailedTraces(connection),
  byRequest: createTraceByRequest(connection),
});

interface TraceSources extends Pick<StoreSources, "settings" | "log"> {
  readonly database: HerdDatabase;
  readonly flusher: Flusher;
}

function createTraces({ settings, database, flusher, log }: TraceSources): TraceRecorder {
  const { traceFlushMs: flushMs, traceBacklog: backlog } = settings;
  const thread = createTraceThread({
    program: threadProgram("traces/thread/write-rows-worker"),
    path: database.path,
    onBreakdown: (error) => log.error({ exception: error }, "records are written by the main thread from now on"),
  });
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
  const { path, setAside } = database;
  return recordsFindings({ path, setAside, flush: flusher.state(), counts: traces.counts() });
}

function tellOpening({ setAside, backup }: HerdDatabase, log: Logger): void {
  if (setAside !== undefined)
    log.error({ path: setAside }, "the database was damaged: it is set aside, a new one is begun");
  if (backup !== undefined)
    log.info({ path: backup }, "the predecessor's database was copied before it got new columns");
}

/** Everything that is kept in the database. */
export type Stores = ReturnType<typeof openStores>;

function prepareFolder(path: string): void {
  try {
    makeFolder(path, 0o700);
    chmodSync(path, 0o700);
  } catch (cause) {
    throw dataFolderError(path, cause);
  }
}
