import { renameSync, writeFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../testing/open-store.ts";
import type { RowSource } from "./flusher.ts";

interface Setting {
  readonly name: string;
  readonly value: string | null;
}

/** A source of settings rows that also counts what became of them. */
function settingsStore() {
  const store = openStore();
  const insert = store.connection.prepare("INSERT INTO settings_overrides VALUES (@name, @value, 1)");
  const waiting: Setting[] = [];
  const forgotten = { count: 0, refused: 0 };
  const source: RowSource<Setting> = {
    name: "settings",
    waiting: () => waiting.length,
    peek: (limit) => waiting.slice(0, limit),
    write: (row) => void insert.run(row),
    forget: (count, refused) => {
      waiting.splice(0, count);
      forgotten.count += count;
      forgotten.refused += refused;
    },
  };
  store.flusher.add(source);
  const put = (name: string, value: string | null = "1"): void => {
    waiting.push({ name, value });
    store.flusher.wake(100);
  };
  const stored = (): string[] =>
    store.connection.prepare<[], string>("SELECT name FROM settings_overrides ORDER BY rowid").pluck().all();
  /** Holds the write lock in the way another program would. */
  const lock = (): { release(): void } => {
    const other = new Sqlite(store.path);
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    store.connection.pragma("busy_timeout = 0");
    return { release: () => void other.exec("COMMIT") };
  };
  /** No page can be added any more, as on a full disk. */
  const fill = (): { free(): void } => {
    store.connection.exec("VACUUM");
    store.connection.pragma(`max_page_count = ${store.connection.pragma("page_count", { simple: true })}`);
    return { free: () => void store.connection.pragma("max_page_count = 1000000") };
  };
  return { ...store, put, stored, lock, fill, waiting, forgotten };
}

describe("timed writes", () => {
  test("come once, at the earliest time anybody asked for, and leave no timer behind", () => {
    const { flusher, clock, put, stored } = settingsStore();
    flusher.wake(2000);
    put("a");
    put("b");
    expect(clock.timers()).toBe(1);
    clock.advance(99);
    expect(stored()).toEqual([]);
    clock.advance(1);
    expect(stored()).toEqual(["a", "b"]);
    expect(clock.timers()).toBe(0);
  });

  test("take long queues in several transactions, in order, and let other work run between them", () => {
    const { clock, put, stored, waiting } = settingsStore();
    for (let index = 0; index < 1200; index += 1) put(`s${index}`);
    const seen: number[] = [];
    clock.schedule(() => void seen.push(waiting.length), 100);
    clock.advance(100);
    expect(seen).toEqual([700]);
    expect(stored()).toEqual(Array.from({ length: 1200 }, (_, index) => `s${index}`));
  });

  test("stop within a transaction when time is up, with at least one row written", () => {
    const { connection, clock, stored, flusher } = settingsStore();
    const insert = connection.prepare("INSERT INTO settings_overrides VALUES (?, '1', 1)");
    const slow = ["x", "y", "z"];
    flusher.add<string>({
      name: "slow",
      waiting: () => slow.length,
      peek: (limit) => slow.slice(0, limit),
      write: (name) => {
        insert.run(name);
        clock.spend(10);
      },
      forget: (count) => void slow.splice(0, count),
    });
    flusher.wake(0);
    const sizes: number[] = [];
    clock.schedule(() => void sizes.push(slow.length), 0);
    clock.advance(0);
    clock.advance(100);
    expect(sizes).toEqual([2]);
    expect(stored()).toEqual(["x", "y", "z"]);
  });
});

describe("a write that fails", () => {
  test("keeps its rows while another program holds the lock, and writes them once afterwards", () => {
    const { clock, put, stored, lock, states } = settingsStore();
    const held = lock();
    put("a");
    clock.advance(250);
    put("b");
    expect(stored()).toEqual([]);
    expect(states).toEqual([]);
    held.release();
    clock.advance(2000);
    expect(stored()).toEqual(["a", "b"]);
    expect(states).toEqual([]);
  });

  test("is told once when the lock stays, and once when it is gone", () => {
    const { clock, put, lock, states, flusher } = settingsStore();
    const held = lock();
    put("a");
    clock.advance(5000);
    expect(states).toEqual([{ kind: "failing", problem: "locked", reason: "another program keeps it locked" }]);
    expect(flusher.state()).toEqual(states[0]);
    held.release();
    clock.advance(2000);
    expect(states).toHaveLength(2);
    expect(flusher.state()).toEqual({ kind: "writing" });
  });

  test("is told at once when the disk is full, leaves no part of its transaction, and goes on when there is room", () => {
    const { clock, put, stored, fill, states } = settingsStore();
    const full = fill();
    for (let index = 0; index < 50; index += 1) put(`s${index}`, "x".repeat(1000));
    clock.advance(100);
    expect(states).toEqual([{ kind: "failing", problem: "disk-full", reason: "the disk is full" }]);
    expect(stored()).toEqual([]);
    full.free();
    clock.advance(2000);
    expect(stored()).toHaveLength(50);
    expect(states.at(-1)).toEqual({ kind: "writing" });
  });

  test("because the file was moved keeps its rows until it is back", () => {
    const { clock, put, stored, states, path } = settingsStore();
    renameSync(path, `${path}.elsewhere`);
    put("a");
    clock.advance(5000);
    expect(states).toMatchObject([{ kind: "failing", problem: "moved" }]);
    writeFileSync(path, "another one");
    clock.advance(5000);
    expect(stored()).toEqual([]);
    renameSync(`${path}.elsewhere`, path);
    clock.advance(2000);
    expect(stored()).toEqual(["a"]);
    expect(states.at(-1)).toEqual({ kind: "writing" });
  });

  test("is tried ever more rarely, at least every two seconds", () => {
    const { clock, put, lock } = settingsStore();
    const held = lock();
    put("a");
    clock.advance(60_000);
    held.release();
    expect(clock.timers()).toBe(1);
    const before = clock.monotonic();
    while (clock.timers() > 0) clock.advance(1);
    expect(clock.monotonic() - before).toBeLessThanOrEqual(2000);
  });
});

describe("a row that the database refuses for its own sake", () => {
  test("is given up and told, the rows around it are written", () => {
    const { clock, put, stored, refusals, forgotten, states } = settingsStore();
    put("a");
    put("broken", null);
    put("a");
    put("z");
    clock.advance(100);
    expect(stored()).toEqual(["a", "z"]);
    expect(forgotten).toEqual({ count: 4, refused: 2 });
    expect(refusals).toMatchObject([{ source: "settings", count: 2 }]);
    expect(states).toEqual([]);
  });
});

describe("closing", () => {
  test("writes what waits and sets no timer any more", () => {
    const { flusher, clock, put, stored } = settingsStore();
    put("a");
    flusher.close();
    flusher.close();
    expect(stored()).toEqual(["a"]);
    expect(clock.timers()).toBe(0);
    put("late");
    expect(clock.timers()).toBe(0);
  });

  test("returns also when nothing can be written", () => {
    const { flusher, put, fill, states, waiting } = settingsStore();
    fill();
    for (let index = 0; index < 50; index += 1) put(`s${index}`, "x".repeat(1000));
    flusher.close();
    expect(states).toHaveLength(1);
    expect(waiting).toHaveLength(50);
  });
});
