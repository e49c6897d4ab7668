import { chmodSync, closeSync, openSync, rmSync, statSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { HerdError } from "../domain/errors.ts";
import { allMigrations } from "./all-migrations.ts";
import { type Connection, LOG_SIZE_LIMIT } from "./connection.ts";
import { usage0005 } from "./migrations/0005-usage.ts";
import { backUp } from "./opening/back-up.ts";
import { carryOver } from "./opening/carry-over.ts";
import { createDamageMark, type DamageMark } from "./opening/damage-mark.ts";
import { examineFile } from "./opening/examine-file.ts";
import { makeShrinkable, shapeNewFile } from "./opening/make-shrinkable.ts";
import { type Migration, migrate, schemaVersion } from "./opening/migrate.ts";
import { setAside, takeSetAsideNote } from "./opening/set-aside.ts";
import { dataFolderError, storageProblemOf } from "./storage-problem.ts";
import { catchUpUsage } from "./usage/catch-up.ts";

/** The open database. */
export interface HerdDatabase {
  readonly connection: Connection;
  readonly path: string;
  /** Where a damaged database was moved to before this one was begun, now or at the end of the last run; undefined when there was none. */
  readonly setAside: string | undefined;
  /** Copy of the predecessor's database, made before its first migration; undefined when there was nothing to copy. */
  readonly backup: string | undefined;
  /**
   * False once the file was moved, replaced or deleted: what is written from then on is lost to everybody else.
   * @throws the file system's error when its folder may not be looked into.
   */
  isInPlace(): boolean;
  /**
   * False once the log beside it was moved, replaced or deleted: what it holds is known to this process alone until it ends.
   * @throws as `isInPlace`
   */
  hasItsLog(): boolean;
  /** Somebody met damage in the file: the next start looks at all of it, sets it aside if need be, and begins a new one. */
  noteDamage(): void;
  /** Damage was met since it was opened. */
  isDamaged(): boolean;
  /** Closes the connection; a second call does nothing. Write what waits before. */
  close(): void;
}

/** What opening a database needs. */
export interface OpenDatabaseOptions {
  /** Path of the file; its folder must exist. */
  readonly path: string;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Default: all of them. */
  readonly migrations?: readonly Migration[];
  /** Told before an older database is copied and migrated, which takes about a second per 45 MiB. */
  readonly onOlder?: (bytes: number) => void;
}

/** How long opening waits for another program's lock, ms. */
const OPENING_WAIT_MS = 5000;
/**
 * How long a later statement waits for it, ms. SQLite waits on the thread that relays streams, so the wait is short and
 * whoever writes tries again later.
 */
const RUNNING_WAIT_MS = 20;
/** Pages of log after which a commit moves them into the file, which takes some ms: fewer pages, shorter stops. */
const CHECKPOINT_PAGES = 200;
/** Up to this size a database is checked page by page when it is opened (about 1 ms per MiB), bytes; a larger one when it was seen damaged. */
const CHECKED_SIZE = 128 * 2 ** 20;

/**
 * Opens the database, makes or migrates its tables, and keeps a copy of a predecessor's database first. A damaged file is
 * set aside and a new one begun, with settings and nodes as far as they can be read.
 * @throws HerdError HERD_DATABASE_NEWER, or HERD_DATA_FOLDER when the file or its folder cannot be used.
 */
export function openDatabase(options: OpenDatabaseOptions): HerdDatabase {
  const { path, now, migrations = allMigrations, onOlder = () => undefined } = options;
  const plan: Plan = { path, migrations, now, onOlder };
  try {
    const first = openSound(plan);
    if (first !== "damaged") return { ...first, setAside: takeSetAsideNote(path) };
    const moved = setAside(path, now());
    const second = openSound(plan);
    if (second === "damaged") throw new HerdError("HERD_DATA_FOLDER", `${path} is damaged as soon as it is written`);
    carryOver(second.connection, moved);
    return { ...second, setAside: moved };
  } catch (error) {
    throw dataFolderError(path, error);
  }
}

type Plan = Required<OpenDatabaseOptions>;
type Opened = Omit<HerdDatabase, "setAside">;

function openSound(plan: Plan): Opened | "damaged" {
  if (examineFile(plan.path, latestOf(plan.migrations)) === "damaged") return "damaged";
  makePrivate(plan.path);
  const connection = new Sqlite(plan.path, { timeout: OPENING_WAIT_MS });
  try {
    return prepare(connection, plan);
  } catch (error) {
    connection.close();
    if (storageProblemOf(error) === "damaged") return "damaged";
    throw error;
  }
}

function prepare(connection: Connection, { path, migrations, now, onOlder }: Plan): Opened {
  // The log may hold a newer version than the file's header told.
  if (schemaVersion(connection) > latestOf(migrations)) throw new HerdError("HERD_DATABASE_NEWER", path);
  shapeNewFile(connection);
  connection.pragma("journal_mode = WAL");
  connection.pragma("synchronous = NORMAL");
  connection.pragma("foreign_keys = ON");
  connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  connection.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT}`);
  const damage = createDamageMark(path);
  checkPages(connection, path, damage);
  if (schemaVersion(connection) < latestOf(migrations)) onOlder(statSync(path).size);
  const backup = isPredecessors(connection) ? backUp(connection, { path, now: now() }) : undefined;
  migrateOrForget(connection, { migrations, backup });
  makeShrinkable(connection, path);
  if (schemaVersion(connection) >= usage0005.version) catchUpUsage(connection);
  connection.pragma(`busy_timeout = ${RUNNING_WAIT_MS}`);
  return {
    connection,
    path,
    backup,
    isInPlace: placeOf(path),
    hasItsLog: placeOf(`${path}-wal`),
    noteDamage: damage.set,
    isDamaged: damage.isSet,
    close: () => connection.close(),
  };
}

/** Remembers which file lies there now. Asking the file system, not the file, keeps SQLite's locks. */
function placeOf(path: string): () => boolean {
  const known = statSync(path, { bigint: true, throwIfNoEntry: false });
  return () => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found?.ino === known?.ino && found?.dev === known?.dev;
  };
}

/** @throws SqliteError SQLITE_CORRUPT */
function checkPages(connection: Connection, path: string, damage: DamageMark): void {
  if (statSync(path).size > CHECKED_SIZE && !damage.isSet()) return;
  const verdict = connection.pragma("quick_check(1)", { simple: true });
  if (verdict !== "ok") throw new Sqlite.SqliteError(String(verdict), "SQLITE_CORRUPT");
  if (!damage.isSet()) return;
  makeIndexesAnew(connection);
  damage.clear();
}

/** The check does not compare indexes with their tables. @throws SqliteError SQLITE_CORRUPT where a table holds a key twice */
function makeIndexesAnew(connection: Connection): void {
  try {
    connection.exec("REINDEX");
  } catch (error) {
    const isTwice = error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_CONSTRAINT");
    throw isTwice ? new Sqlite.SqliteError(error.message, "SQLITE_CORRUPT") : error;
  }
}

/** Tables, but no version of ours. */
function isPredecessors(connection: Connection): boolean {
  const isFilled = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table'").get() !== undefined;
  return isFilled && schemaVersion(connection) === 0;
}

/** When no step succeeded the database is as it was, and its copy would only fill the disk at every further start. */
function migrateOrForget(
  connection: Connection,
  { migrations, backup }: { readonly migrations: readonly Migration[]; readonly backup: string | undefined },
): void {
  try {
    migrate(connection, migrations);
  } catch (error) {
    if (backup !== undefined && schemaVersion(connection) === 0) rmSync(backup, { force: true });
    throw error;
  }
}

const latestOf = (migrations: readonly Migration[]): number => migrations.at(-1)?.version ?? 0;

/** Makes the file when it is missing; its log files inherit the mode. Files of another owner keep theirs. */
function makePrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  for (const suffix of ["", "-wal", "-shm"]) {
    const found = statSync(path + suffix, { throwIfNoEntry: false });
    if (found !== undefined && found.uid === process.getuid?.()) chmodSync(path + suffix, 0o600);
  }
}
