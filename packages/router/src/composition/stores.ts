import { chmodSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "@herd/shared/log-file";
import type { Logger } from "pino";
import type { RouterSettings } from "../settings/settings.ts";
import { type HerdDatabase, openDatabase } from "../storage/database.ts";
import { createKnownModels } from "../storage/known-models.ts";
import { createLearnedStore } from "../storage/learned-store.ts";
import { createNodeStore } from "../storage/node-store.ts";
import { createRetention } from "../storage/retention.ts";
import { dataFolderError } from "../storage/storage-problem.ts";
import { createFlusher } from "../storage/writing/flusher.ts";
import type { Schedule } from "../storage/writing/schedule.ts";
import { createFailedTraces } from "../traces/queries/failed-traces.ts";
import { createRecentTraces } from "../traces/queries/recent-traces.ts";
import { createTraceByRequest } from "../traces/queries/trace-by-request.ts";
import { createTraceRecorder } from "../traces/record.ts";

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

/** Opens the database in the data folder and everything that is kept in it. @throws HerdError when it cannot be used. */
export function openStores({ settings, log, epochNow, monotonic }: StoreSources) {
  prepareFolder(settings.dataDir);
  const database = openDatabase({ path: join(settings.dataDir, "latency.db"), now: epochNow });
  const { connection } = database;
  tellOpening(database, log);
  const flusher = createFlusher({
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
  const retention = createRetention({
    connection,
    schedule,
    now: epochNow,
    limits: () => ({ days: settings.traceRetentionDays, rows: 0 }),
    onProblem: (reason) => log.warn({ reason }, "old records could not be deleted"),
  });
  return {
    traces: createTraceRecorder({
      connection,
      flusher,
      flushMs: settings.traceFlushMs,
      backlog: settings.traceBacklog,
    }),
    nodes: createNodeStore({ connection, flusher }),
    knownModels: createKnownModels({ connection, flusher, now: epochNow }),
    learned: createLearnedStore({ connection, flusher }),
    queries: {
      recent: createRecentTraces(connection),
      failed: createFailedTraces(connection),
      byRequest: createTraceByRequest(connection),
    },
    /** Writes what waits and closes the file. */
    close: (): void => {
      retention.close();
      flusher.close();
      database.close();
    },
  };
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
