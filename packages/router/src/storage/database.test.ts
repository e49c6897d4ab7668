import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { HerdError } from "../domain/errors.ts";
import { createRecentTraces } from "../traces/queries/recent-traces.ts";
import { attemptInput, traceInput } from "../traces/testing/trace-input.ts";
import { createTraceWriter } from "../traces/trace-writer.ts";
import { allMigrations } from "./all-migrations.ts";
import type { Connection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import type { Migration } from "./opening/migrate.ts";
import { insertAsPredecessor, makePredecessorDatabase } from "./testing/predecessor-database.ts";
import { tempFolder } from "./testing/temp-folder.ts";

const now = () => Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function open(path: string, migrations?: readonly Migration[]) {
  const opened = openDatabase(migrations === undefined ? { path, now } : { path, now, migrations });
  onTestFinished(() => opened.close());
  return opened;
}

function refusalOf(action: () => unknown): HerdError {
  try {
    action();
  } catch (error) {
    if (error instanceof HerdError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Root may write anywhere, so the action runs as a user who may not. */
function asPlainUser<Result>(action: () => Result): Result {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65_534);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

const columnsOf = (connection: Connection, table: string): string[] =>
  connection.prepare<[string], string>("SELECT name FROM pragma_table_info(?) ORDER BY name").pluck().all(table);
const count = (connection: Connection, table: string): number =>
  connection.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? -1;
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("a new database", () => {
  test("is made with all tables, readable by its owner alone, and survives being opened again", () => {
    const path = join(tempFolder(), "latency.db");
    const first = open(path);
    first.connection.prepare("INSERT INTO settings_overrides VALUES ('auto_pull', 'false', 1)").run();
    expect(modeOf(path)).toBe(0o600);
    expect(modeOf(`${path}-wal`)).toBe(0o600);
    expect(first.connection.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(first.connection.pragma("synchronous", { simple: true })).toBe(1);
    expect(first.connection.pragma("user_version", { simple: true })).toBe(allMigrations.length);
    first.close();
    first.close();

    const second = open(path);
    expect(count(second.connection, "settings_overrides")).toBe(1);
    expect([second.setAside, second.backup]).toEqual([undefined, undefined]);
    expect(readdirSync(join(path, "..")).sort()).toEqual(["latency.db", "latency.db-shm", "latency.db-wal"]);
  });

  test("is begun in an empty file, whose mode is narrowed", () => {
    const path = join(tempFolder(), "latency.db");
    writeFileSync(path, "", { mode: 0o644 });
    const opened = open(path);
    expect(count(opened.connection, "request_traces")).toBe(0);
    expect(modeOf(path)).toBe(0o600);
    expect(opened.setAside).toBeUndefined();
  });

  test("leaves a second process to read while it writes", () => {
    const path = join(tempFolder(), "latency.db");
    const { connection } = open(path);
    const reader = new Sqlite(path, { readonly: true });
    onTestFinished(() => void reader.close());
    reader.exec("BEGIN");
    expect(count(reader, "request_traces")).toBe(0);
    insertAsPredecessor(connection, { request_id: "r", status: "completed", timestamp: 1 });
    expect(count(reader, "request_traces")).toBe(0);
    reader.exec("COMMIT");
    expect(count(reader, "request_traces")).toBe(1);
  });
});

describe.each(["0.6.1", "0.11.4"] as const)("a database of version %s of the predecessor", (version) => {
  function predecessors(): string {
    const path = join(tempFolder(), "latency.db");
    makePredecessorDatabase(path, version).close();
    return path;
  }

  test("is copied once, then gains what is missing and keeps its rows", () => {
    const path = predecessors();
    const opened = open(path);
    expect(opened.backup).toBe(`${path}.before-herd-20260102T030405Z`);
    expect(modeOf(opened.backup ?? "")).toBe(0o600);
    const traces = createRecentTraces(opened.connection)({ limit: 10 });
    expect(traces.map((trace) => [trace.request_id, trace.status])).toEqual([
      ["old-3", "failed"],
      ["old-2", "completed"],
      ["old-2", "retried"],
      ["old-1", "completed"],
    ]);
    expect(traces[3]).toMatchObject({ tags: ["cli"], scores_breakdown: { thermal: 50, total: 71.5 }, endpoint: null });
    opened.close();

    expect(open(path).backup).toBeUndefined();
    expect(readdirSync(join(path, "..")).filter((name) => name.includes("before-herd"))).toHaveLength(1);
  });

  test("has a copy that is the database as it was", () => {
    const path = predecessors();
    const copy = new Sqlite(open(path).backup ?? "", { readonly: true });
    onTestFinished(() => void copy.close());
    expect(copy.pragma("user_version", { simple: true })).toBe(0);
    expect(copy.pragma("integrity_check", { simple: true })).toBe("ok");
    expect([count(copy, "request_traces"), count(copy, "latency_observations")]).toEqual([4, 4]);
    expect(columnsOf(copy, "request_traces")).not.toContain("queue_wait_ms");
  });

  test("ends with the same columns as a new one, and with no index twice", () => {
    const { connection } = open(predecessors());
    const fresh = open(join(tempFolder(), "latency.db")).connection;
    for (const table of ["request_traces", "latency_observations", "request_attempts", "nodes"])
      expect(columnsOf(connection, table)).toEqual(columnsOf(fresh, table));
    const indexes = connection
      .prepare<[], string>(
        `SELECT (SELECT group_concat(name) FROM pragma_index_info(list.name))
         FROM pragma_index_list('request_traces') AS list WHERE partial = 0`,
      )
      .pluck()
      .all();
    expect(new Set(indexes).size).toBe(indexes.length);
  });

  test("still takes rows from the predecessor's program, as a new one does", () => {
    for (const path of [predecessors(), join(tempFolder(), "latency.db")]) {
      const { connection } = open(path);
      const before = count(connection, "request_traces");
      insertAsPredecessor(connection, { request_id: "later", status: "completed", timestamp: 1_780_000_009 });
      expect(count(connection, "request_traces")).toBe(before + 1);
      expect(createRecentTraces(connection)({ limit: 1 })[0]).toMatchObject({ request_id: "later", edits: null });
    }
  });
});

describe("space that is free", () => {
  const isIncremental = (connection: Connection): boolean => connection.pragma("auto_vacuum", { simple: true }) === 2;

  test("can be given back by a new database, and by a predecessor's once it was opened", () => {
    expect(isIncremental(open(join(tempFolder(), "latency.db")).connection)).toBe(true);
    const path = join(tempFolder(), "latency.db");
    makePredecessorDatabase(path).close();
    const { connection } = open(path);
    expect(isIncremental(connection)).toBe(true);
    expect(connection.pragma("integrity_check", { simple: true })).toBe("ok");
  });

  test("is no reason not to start when somebody else reads meanwhile", () => {
    const path = join(tempFolder(), "latency.db");
    makePredecessorDatabase(path).close();
    const reader = new Sqlite(path, { readonly: true });
    onTestFinished(() => void reader.close());
    reader.exec("BEGIN");
    expect(count(reader, "request_traces")).toBe(4);
    expect(count(open(path).connection, "usage_hourly")).toBe(1);
    expect(count(reader, "request_traces")).toBe(4);
  });
});

describe("a database of an earlier version of this program", () => {
  const earlier = allMigrations.filter(({ version }) => version <= 4);

  test("keeps its attempts, counts what it holds as usage, and marks what was for the demo", () => {
    const path = join(tempFolder(), "latency.db");
    const before = open(path, earlier);
    insertAsPredecessor(before.connection, { request_id: "real", status: "completed", timestamp: 1_780_000_000 });
    insertAsPredecessor(before.connection, { request_id: "demo", status: "completed", timestamp: 1_780_000_000 });
    before.connection.exec(`
      UPDATE request_traces SET simulated = 1 WHERE request_id = 'demo';
      INSERT INTO request_attempts (trace_id, attempt, request_id, node_id, model, started_at)
        VALUES (1, 1, 'real', 'mac-studio', 'llama3:latest', 1780000000);`);
    before.close();
    const { connection } = open(path);
    expect(connection.prepare("SELECT trace_id, node_id FROM request_attempts").raw().all()).toEqual([
      [1, "mac-studio"],
    ]);
    expect(connection.prepare("SELECT traffic, requests FROM usage_hourly ORDER BY 1").raw().all()).toEqual([
      ["", 1],
      ["demo", 1],
    ]);
    expect(connection.prepare("SELECT request_id FROM request_traces WHERE traffic IS NULL").pluck().all()).toEqual([
      "real",
    ]);
    connection.exec("DELETE FROM request_traces");
    expect(count(connection, "request_attempts")).toBe(0);
  });
});

describe("a predecessor's database in an odd state", () => {
  test("brings the rows that only its log holds, into the copy as well", () => {
    const source = join(tempFolder(), "latency.db");
    const running = makePredecessorDatabase(source);
    onTestFinished(() => void running.close());
    const path = join(tempFolder(), "latency.db");
    for (const suffix of ["", "-wal"]) copyFileSync(source + suffix, path + suffix);

    const opened = open(path);
    expect(count(opened.connection, "request_traces")).toBe(4);
    const copy = new Sqlite(opened.backup ?? "", { readonly: true });
    onTestFinished(() => void copy.close());
    expect(count(copy, "request_traces")).toBe(4);
  });

  test("that lacks columns of its own later versions gains those too", () => {
    const path = join(tempFolder(), "latency.db");
    const old = makePredecessorDatabase(path, "0.6.1");
    old.exec("ALTER TABLE request_traces DROP COLUMN tags");
    old.close();
    expect(columnsOf(open(path).connection, "request_traces")).toContain("tags");
  });

  test("is left as it was, without a copy, when a migration fails", () => {
    const path = join(tempFolder(), "latency.db");
    makePredecessorDatabase(path).close();
    const broken: Migration = {
      version: 1,
      name: "broken",
      tables: [
        { name: "nodes", columns: { node_id: "TEXT" }, indexes: [] },
        { name: "request_traces", columns: { must: "TEXT NOT NULL" }, indexes: [] },
      ],
    };
    expect(refusalOf(() => open(path, [broken])).code).toBe("HERD_DATA_FOLDER");
    expect(readdirSync(join(path, ".."))).toEqual(["latency.db"]);
    const after = new Sqlite(path);
    onTestFinished(() => void after.close());
    expect(columnsOf(after, "nodes")).toEqual([]);
    expect(count(after, "request_traces")).toBe(4);
  });
});

describe("a damaged database is set aside and a new one begun", () => {
  function filled(): string {
    const path = join(tempFolder(), "latency.db");
    const { connection, close } = open(path);
    for (let id = 0; id < 500; id += 1)
      insertAsPredecessor(connection, { request_id: `r-${id}`, status: "completed", timestamp: id });
    close();
    return path;
  }

  const damages: Record<string, (path: string) => void> = {
    "text instead of a database": (path) => writeFileSync(path, "this is no database\n".repeat(50)),
    "a file shorter than a header": (path) => writeFileSync(path, "SQLite format 3\0"),
    "a file cut in half": (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
    "a file cut amid a page": (path) => truncateSync(path, statSync(path).size - 1000),
    "garbage in its first pages": (path) => {
      const content = readFileSync(path);
      content.fill(0xa5, 2048, 8192);
      writeFileSync(path, content);
    },
    "garbage in the middle": (path) => {
      const content = readFileSync(path);
      content.fill(0xa5, Math.floor(content.length / 2), Math.floor(content.length / 2) + 8192);
      writeFileSync(path, content);
    },
  };

  test.each(Object.keys(damages))("%s", (name) => {
    const path = filled();
    damages[name]?.(path);
    const damaged = readFileSync(path);
    const opened = open(path);
    expect(opened.setAside).toBe(`${path}.corrupt-20260102T030405Z`);
    expect(readFileSync(opened.setAside ?? "")).toEqual(damaged);
    expect(count(opened.connection, "request_traces")).toBe(0);
    opened.close();
    expect(open(path).setAside).toBeUndefined();
  });

  /** Larger than what every start checks. */
  function largeFile(): string {
    const path = filled();
    const { connection, close } = open(path);
    connection.exec(`CREATE TABLE padding (filler BLOB);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 140) INSERT INTO padding SELECT zeroblob(1048576) FROM n`);
    close();
    return path;
  }

  test("a large one only after damage was met in it; one that proves sound goes on, its indexes made anew", () => {
    const path = largeFile();
    const sound = open(path);
    sound.noteDamage();
    expect(sound.isDamaged()).toBe(true);
    sound.close();
    expect(existsSync(`${path}.damage-seen`)).toBe(true);
    const again = open(path);
    expect([again.setAside, again.isDamaged(), count(again.connection, "request_traces")]).toEqual([
      undefined,
      false,
      500,
    ]);
    again.close();
    expect(existsSync(`${path}.damage-seen`)).toBe(false);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(65_536, 0xa5), 0, 65_536, 65_536);
    closeSync(file);
    const damaged = open(path);
    expect(damaged.setAside).toBeUndefined();
    damaged.noteDamage();
    damaged.close();
    const last = open(path);
    expect([last.setAside, last.isDamaged(), count(last.connection, "request_traces")]).toEqual([
      `${path}.corrupt-20260102T030405Z`,
      false,
      0,
    ]);
    expect(existsSync(`${path}.damage-seen`)).toBe(false);
  });

  test("one that holds a key twice, which only making its index anew shows", () => {
    const path = filled();
    const first = open(path);
    first.noteDamage();
    first.close();
    const other = new Sqlite(path).unsafeMode();
    other.exec("CREATE TABLE twice (x); CREATE INDEX twice_x ON twice (x); INSERT INTO twice VALUES (1), (1)");
    other.exec("PRAGMA writable_schema = ON");
    other.exec("UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX twice_x ON twice (x)' WHERE name = 'twice_x'");
    other.close();
    const { setAside, connection } = open(path);
    expect([setAside, count(connection, "request_traces")]).toEqual([`${path}.corrupt-20260102T030405Z`, 0]);
  });

  test("settings, and what was agreed with nodes, are taken over as far as they can be read", () => {
    const path = filled();
    const { connection, close } = open(path);
    connection.exec(`
      INSERT INTO settings_overrides VALUES ('auto_pull', '"off"', 1);
      INSERT INTO node_marks (node_id, mark, marked_at) VALUES ('mac', 'drained', 1);
      INSERT INTO milestones VALUES ('real_backend', 1)`);
    const rootPage = (table: string): number =>
      connection.prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(table) ?? 0;
    const [lost, size] = [rootPage("node_marks"), Number(connection.pragma("page_size", { simple: true }))];
    close();
    const content = readFileSync(path);
    content.fill(0xa5, (lost - 1) * size, lost * size);
    writeFileSync(path, content);
    const { connection: anew, setAside } = open(path);
    expect(setAside).toBeDefined();
    expect(readFileSync(setAside ?? "")).toEqual(content);
    expect(readdirSync(join(path, "..")).filter((name) => name.includes("corrupt"))).toHaveLength(1);
    expect(anew.prepare("SELECT name, value FROM settings_overrides").raw().all()).toEqual([["auto_pull", '"off"']]);
    expect(["node_marks", "milestones", "request_traces"].map((table) => count(anew, table))).toEqual([0, 1, 0]);
  });

  test("its log goes with it, and two in one second get two names", () => {
    const path = filled();
    for (const suffix of ["", "-wal", "-shm"]) writeFileSync(path + suffix, `damaged${suffix}`);
    const first = open(path);
    expect(readFileSync(`${first.setAside}-wal`, "utf8")).toBe("damaged-wal");
    expect(existsSync(`${first.setAside}-shm`)).toBe(true);
    first.close();
    writeFileSync(path, "damaged again");
    expect(open(path).setAside).toBe(`${first.setAside}-2`);
  });

  test("a predecessor's, whose damage shows only while it is copied, is set aside whole", () => {
    const path = join(tempFolder(), "latency.db");
    makePredecessorDatabase(path).close();
    const content = readFileSync(path);
    content.fill(0, 4096, content.length);
    writeFileSync(path, content);
    const opened = open(path);
    expect(opened.setAside).toBeDefined();
    expect(opened.backup).toBeUndefined();
    expect(readdirSync(join(path, "..")).some((name) => name.includes("before-herd"))).toBe(false);
  });
});

describe("a database of a newer version is refused", () => {
  test("and nothing is touched", () => {
    const path = join(tempFolder(), "latency.db");
    const opened = open(path);
    opened.connection.pragma(`user_version = ${allMigrations.length + 1}`);
    opened.close();
    chmodSync(path, 0o644);
    const before = readFileSync(path);
    const refusal = refusalOf(() => open(path));
    expect([refusal.code, refusal.message]).toEqual([
      "HERD_DATABASE_NEWER",
      `${path} was written by a newer version of herd`,
    ]);
    expect(readFileSync(path)).toEqual(before);
    expect(modeOf(path)).toBe(0o644);
    expect(readdirSync(join(path, ".."))).toEqual(["latency.db"]);
  });

  test("also when only its log tells the version", () => {
    const source = join(tempFolder(), "latency.db");
    open(source).close();
    const running = new Sqlite(source);
    onTestFinished(() => void running.close());
    running.pragma(`user_version = ${allMigrations.length + 1}`);
    const path = join(tempFolder(), "latency.db");
    for (const suffix of ["", "-wal"]) copyFileSync(source + suffix, path + suffix);
    expect(refusalOf(() => open(path)).code).toBe("HERD_DATABASE_NEWER");
  });
});

describe("a place where no database can be kept is refused with the reason", () => {
  test("a folder that may not be written", () => {
    const folder = tempFolder();
    chmodSync(folder, 0o555);
    const refusal = refusalOf(() => asPlainUser(() => open(join(folder, "latency.db"))));
    expect(refusal.code).toBe("HERD_DATA_FOLDER");
    expect(refusal.message).toContain("it is not writable (EACCES)");
  });

  test("a database that may not be written, which stays as it is", () => {
    const path = join(tempFolder(), "latency.db");
    open(path).close();
    chmodSync(join(path, ".."), 0o777);
    chmodSync(path, 0o444);
    const before = readFileSync(path);
    const refusal = refusalOf(() => asPlainUser(() => open(path)));
    expect(refusal.message).toBe(`${path} cannot be used: it is not writable (EACCES)`);
    expect(readFileSync(path)).toEqual(before);
  });

  test("one that another program keeps locked, or has made tables of its own in", () => {
    const path = join(tempFolder(), "latency.db");
    const other = new Sqlite(path);
    onTestFinished(() => void other.close());
    other.exec("CREATE TABLE request_traces (x)");
    expect(refusalOf(() => open(path)).message).toMatch(/tables are not what this program or its predecessor makes$/);
    other.exec("BEGIN EXCLUSIVE");
    expect(refusalOf(() => open(path)).message).toMatch(
      /another program keeps it locked; end that one, and start again$/,
    );
    other.exec("COMMIT");
    expect(readdirSync(join(path, "..")).filter((name) => name.includes("before-herd"))).toEqual([]);
  }, 15_000);

  test("a missing folder, a path under a file, a folder in place of the file", () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "latency.db"));
    for (const path of ["absent/latency.db", "file/latency.db", "latency.db"]) {
      const refusal = refusalOf(() => open(join(folder, path)));
      expect([path, refusal.code]).toEqual([path, "HERD_DATA_FOLDER"]);
      expect(refusal.entry.hint).toContain("--data-dir");
    }
  });
});

describe("the migrations", () => {
  test("lie one per file, named and numbered without a gap, and are listed once", () => {
    const files = readdirSync(join(import.meta.dirname, "migrations")).sort();
    const listed = allMigrations.map(({ version, name }) => `${String(version).padStart(4, "0")}-${name}.ts`);
    expect(files).toEqual(listed);
    expect(allMigrations.map(({ version }) => version)).toEqual(allMigrations.map((_, index) => index + 1));
  });

  test("run only from where the database stands", () => {
    const path = join(tempFolder(), "latency.db");
    open(path, allMigrations.slice(0, 1)).close();
    const { connection, backup, close } = open(path);
    expect(connection.pragma("user_version", { simple: true })).toBe(allMigrations.length);
    expect(backup).toBeUndefined();
    close();
    const steps = allMigrations.map((migration) => ({
      ...migration,
      fill: () => expect.unreachable(`step ${migration.version} is taken again`),
    }));
    expect(open(path, steps).backup).toBeUndefined();
  });
});

describe("what another program dropped is made anew", () => {
  const recordIn = (path: string, id: string): number => {
    const { connection, close } = open(path);
    connection.transaction(() => {
      const writer = createTraceWriter(connection);
      writer.begin();
      writer.write(traceInput({ requestId: id, attempts: [attemptInput({}), attemptInput({})] }));
      writer.finish();
    })();
    const rows = count(connection, "request_traces");
    close();
    return rows;
  };
  const kinds = (path: string): unknown => {
    const { connection, close } = open(path);
    const all = connection.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
    close();
    return all;
  };
  test.each([
    ["DROP TABLE settings_overrides", 2, 2],
    ["DROP TABLE usage_hourly", 2, 2],
    ["DROP TABLE usage_progress", 2, 2],
    ["DROP VIEW request_attempts", 2, 2],
    ["DROP VIEW latency_observations", 2, 2],
    ["DROP VIEW request_attempts; DROP TABLE stored_attempts", 2, 2],
    ["PRAGMA foreign_keys = OFF; DROP TABLE request_traces", 1, 2],
  ] as const)("%s: the rest stays, and every request counts once", (sql, rows, requests) => {
    const path = join(tempFolder(), "latency.db");
    recordIn(path, "before");
    const { connection, close } = open(path);
    connection.exec(sql);
    close();
    expect(recordIn(path, "after")).toBe(rows);
    expect(kinds(path)).toEqual(kinds(join(tempFolder(), "latency.db")));
    const { connection: reopened } = open(path);
    expect(count(reopened, "request_attempts WHERE request_id = 'after'")).toBe(2);
    expect(reopened.prepare("SELECT sum(requests) FROM usage_hourly").pluck().get()).toBe(requests);
    expect(count(reopened, "latency_observations")).toBe(rows);
  });

  test("in a predecessor's database, too, whose observations stay a table", () => {
    const path = join(tempFolder(), "latency.db");
    makePredecessorDatabase(path).close();
    const { connection, close } = open(path);
    connection.exec("DROP TABLE usage_sketches; DROP TABLE nodes");
    close();
    const { connection: reopened } = open(path);
    expect(count(reopened, "latency_observations")).toBe(4);
    expect(count(reopened, "nodes")).toBe(0);
    expect(reopened.prepare("SELECT sum(requests) FROM usage_hourly").pluck().get()).toBe(3);
  });
});
