import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSettings } from "../../settings/read.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { createPinBook } from "./pin-book.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-pins-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, "pinned_models.json");
function open(settings: Partial<RouterSettings> = {}) {
  const lines: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
  const usual = readSettings({ flags: {}, env: {}, homeDir: folder }).values;
  return { book: createPinBook({ ...usual, dataDir: folder, ...settings }, log, () => 5_000), lines };
}

test("pins are sorted, survive a restart, and go under any spelling of their name", () => {
  const { book } = open();
  expect(book.set("b", "z:1b", true)).toBe(true);
  expect(book.set("b", "a:1b", true)).toBe(true);
  expect(book.set("a", "m", true)).toBe(true);
  expect(book.set("a", "M:latest", true)).toBe(false);
  expect(JSON.parse(readFileSync(path(), "utf8"))).toEqual({
    nodes: { a: ["m"], b: ["a:1b", "z:1b"] },
    updated_at: 5,
  });
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  const again = open().book;
  expect(again.perNode()).toEqual({ a: ["m"], b: ["a:1b", "z:1b"] });
  expect(again.set("a", "m:latest", false)).toBe(true);
  expect(again.perNode()).toEqual({ b: ["a:1b", "z:1b"] });
});

test("pins of the settings come first, and are on no machine in particular", () => {
  const { book } = open({ pinnedModels: ["s:1b"] });
  book.set("a", "m", true);
  expect(book.all()).toEqual([
    { model: "s:1b", nodeId: undefined },
    { model: "m", nodeId: "a" },
  ]);
});

test.each(["", "{", "null", "[]", '{"nodes": 7}', '{"pins": {}}'])(
  "a file with %j pins nothing and is kept",
  (text) => {
    writeFileSync(path(), text);
    const { book, lines } = open();
    expect(book.all()).toEqual([]);
    expect(book.notes()).toMatchObject([{ id: "pins_unreadable", text: expect.stringContaining(path()) }]);
    book.set("a", "m", true);
    expect(book.notes()).toEqual([]);
    expect(open().book.perNode()).toEqual({ a: ["m"] });
    expect(lines.join("")).toContain("cannot be read");
    expect(readFileSync(`${path()}.unreadable`, "utf8")).toBe(text);
  },
);

test("a node or a name that is none in the file does no harm", () => {
  writeFileSync(path(), '{"nodes": {"a": ["m", 7, null], "b": "x", "__proto__": ["p"]}}');
  expect(open().book.perNode()["a"]).toEqual(["m"]);
});
