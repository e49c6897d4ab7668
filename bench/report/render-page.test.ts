import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { PartResult, Target } from "./findings.ts";
import { formatNumber } from "./format-number.ts";
import { renderPage } from "./render-page.ts";
import { mergeResults, readResults, writeResults } from "./results-file.ts";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const ORDER = ["gateway", "streams", "soak"];
const machine = { date: "2026-01-01 12:00", machine: "2 cores", system: "Linux", versions: "Node 24", commit: "abc" };

const result = (part: string, changes: Partial<PartResult> = {}): PartResult => ({
  part,
  title: `The part ${part}`,
  surroundings: machine,
  tookS: 12,
  isShort: false,
  setup: ["Measured somehow."],
  tables: [{ title: "Numbers", head: ["way", "ms"], rows: [["direct", 1234.5]] }],
  targets: [],
  notes: [],
  failures: 0,
  ...changes,
});

const bound = (measured: number, side: Target["side"]): Target => ({
  what: "speed",
  bound: 2,
  measured,
  unit: "ms",
  side,
});

test("a bound that was missed, and one that could not be measured, are called not met", () => {
  const targets = [bound(2, "upper"), bound(2.1, "upper"), bound(1.9, "lower"), bound(Number.NaN, "upper")];
  const rows = renderPage([result("gateway", { targets })])
    .match(/\| speed .*/g)
    ?.slice(0, 4);
  expect(rows?.map((row) => row.includes("**not met**"))).toEqual([false, true, true, true]);
});

test("bounds of the short form are not held against anything on the page's head", () => {
  const page = renderPage([result("gateway", { isShort: true, targets: [bound(1, "upper")] })]);
  expect(page).not.toContain("## Wanted and measured");
  expect(page).toContain("its numbers mean little");
});

test("failures stand out, and machines are told apart where there are several", () => {
  const other = { ...machine, machine: "64 cores" };
  const page = renderPage([result("gateway", { failures: 3 }), result("streams", { surroundings: other })]);
  expect(page).toContain("**3 failed**");
  expect(page).toContain("Machine (streams): 64 cores");
});

test("a part that is measured again replaces its old result and no other, in the order of the page", () => {
  const old = [result("streams"), result("soak")];
  const fresh = [result("gateway"), result("soak", { tookS: 99 })];
  const merged = mergeResults(old, fresh, ORDER);
  expect(merged.map(({ part, tookS }) => [part, tookS])).toEqual([
    ["gateway", 12],
    ["streams", 12],
    ["soak", 99],
  ]);
});

test("what is written can be read again, with page and picture beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "herd-bench-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(readResults(folder)).toEqual([]);
  const results = [result("soak", { chart: { text: "▪", svg: "<svg/>", svgName: "curve.svg" } })];
  writeResults(results, folder);
  expect(readResults(folder)).toEqual(results);
  expect(readFileSync(join(folder, "benchmarks.md"), "utf8")).toBe(renderPage(results));
  expect(readFileSync(join(folder, "curve.svg"), "utf8")).toBe("<svg/>");
});

test("the page in docs is the one that its results give", () => {
  const page = join(docs, "benchmarks.md");
  const written = existsSync(page) ? readFileSync(page, "utf8") : "";
  const results = readResults(docs);
  expect(written).toBe(results.length === 0 ? "" : renderPage(results));
});

test("numbers keep three digits or so", () => {
  const numbers = [12_345.6, 123.4, 12.34, 1.234, 0.1234, 0.01234, 5, 0, -0.5, Number.NaN];
  expect(numbers.map(formatNumber)).toEqual(["12,346", "123", "12.3", "1.23", "0.12", "0.012", "5", "0", "-0.50", "–"]);
});
