import { expect, test } from "vitest";
import { compareRuns, runsAsCsv } from "./compare-runs.ts";

const ramp = (best: number, model = "m") => ({
  node_id: "a",
  model,
  best_per_s: best,
  saturates_at: 2,
  steps: [{ concurrency: 1, requests: 3, failures: 0, per_s: best, latency_p50_ms: 5, ttft_p50_ms: null }],
});

test("two runs differ by their numbers, and by those of each node and model that both have", () => {
  const before = { run_id: "b1", tokens_per_sec: 50, total_failures: 0, saturation: [ramp(50), ramp(9, "gone")] };
  const after = { run_id: "b2", tokens_per_sec: 75, total_failures: 1, saturation: [ramp(75), ramp(1, "new")] };
  expect(compareRuns(before, after)).toEqual([
    { what: "tokens_per_sec", before: 50, after: 75, change_pct: 50 },
    { what: "total_failures", before: 0, after: 1, change_pct: null },
    { what: "a:m best_per_s", before: 50, after: 75, change_pct: 50 },
    { what: "a:m saturates_at", before: 2, after: 2, change_pct: 0 },
  ]);
  expect(compareRuns({ saturation: null }, { saturation: "x" })).toEqual([]);
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("a name like %j is no formula in a spreadsheet", (name) => {
  const csv = runsAsCsv([{ run_id: name, timestamp: 5, saturation: [{ ...ramp(1, name), node_id: name }] }]);
  const [, line = ""] = csv.split("\r\n");
  for (const field of [csv.slice(csv.indexOf("\r\n") + 2), ...line.split(",")])
    expect(field).not.toMatch(/^"?[=+\-@\t\r]/);
});

test("every step is a line, and no name breaks out of its field or becomes a formula", () => {
  const hostile = { ...ramp(1), model: '=cmd("x")\r\n,y' };
  const csv = runsAsCsv([{ run_id: "b1", timestamp: 5, saturation: [hostile] }]);
  expect(csv.split("\r\n")[0]).toMatch(/^run_id,timestamp,node_id,model,concurrency,/);
  expect(csv).toContain('b1,5,a,"\'=cmd(""x"")\r\n,y",1,3,0,1,5,,,\r\n');
});
