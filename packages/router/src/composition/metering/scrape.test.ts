import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorCatalogue } from "../../domain/errors.ts";
import { chatAnswer } from "../testing/scripted-node.ts";
import { type BusyRouter, startBusyRouter } from "./testing/busy-router.ts";

const monitoring = new URL("../../../../../docs/monitoring/", import.meta.url);
const rulesPath = new URL("alerts.yaml", monitoring).pathname;
const proofsPath = new URL("alerts-test.yaml", monitoring).pathname;
const rules = readFileSync(rulesPath, "utf8");
const board = readFileSync(new URL("grafana-board.json", monitoring), "utf8");

let busy: BusyRouter;
let page: string;
beforeAll(async () => {
  busy = await startBusyRouter();
  // The event loop is looked at 20 times a second, from the first reading on.
  do page = await setTimeout(20).then(busy.scrape);
  while (!page.includes("herd_event_loop_delay_seconds{"));
});
afterAll(() => busy.close());

/** The number of a line that begins so. */
function numberAt(start: string): number | undefined {
  const line = page.split("\n").find((one) => one.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
}

const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\b(?:herd|gen_ai|process|nodejs)_[a-z_]+(?=[{[\s),]|\\?"|$)/gm)].map(([name]) => name));

/** Labels by which queries select and group look like names of metrics. */
const labels = new Set(["gen_ai_request_model", "gen_ai_token_type"]);

test("every request is told once, by how it ended and what it was for", () => {
  const real =
    'kind="chat",dialect="ollama",model="m:latest",node="rich",outcome="completed",error_code="",error_source="",traffic=';
  expect(numberAt(`herd_requests_total{${real}"real"}`)).toBe(7);
  expect(numberAt(`herd_requests_total{${real}"benchmark"}`)).toBe(1);
  expect(page).toMatch(
    /herd_requests_total\{.*model="broken-model:latest",node="failing",outcome="failed",error_code="HERD_NODE_FAILED",error_source="node"/,
  );
  expect(
    numberAt(
      'gen_ai_server_request_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_provider_name="herd",gen_ai_request_model="m:latest",error_type=""}',
    ),
  ).toBe(8);
  expect(numberAt('herd_fallbacks_total{model="m:latest",node="rich"')).toBe(1);
  expect(numberAt('herd_model_load_duration_seconds_count{node="rich"}')).toBe(1);
  expect(numberAt('herd_backend_breaker{node="failing",backend="ollama",state="open"}')).toBe(1);
});

test("names that break out of a label or a line, and names that nobody has, do no harm", async () => {
  expect(page).not.toContain("\u001b");
  expect(page).not.toMatch(/^(herd_up|evil)/m);
  expect(page).not.toContain("<script>");
  expect(numberAt('herd_requests_total{kind="chat",dialect="ollama",model="unknown"')).toBeGreaterThanOrEqual(1);
  for (const line of page.split("\n"))
    expect(line).toMatch(/^(# (HELP|TYPE) .*|[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*",?)*\})? [-+0-9.eInfNa]+|)$/);
});

test("no series is told twice", () => {
  const series = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const names = series.map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(new Set(names).size).toBe(names.length);
});

test("what a request took is in its row and in the metrics", async () => {
  expect(
    numberAt('herd_request_energy_joules_total{model="m:latest",node="rich",traffic="real",estimated="false"}'),
  ).toBeGreaterThan(0);
  expect(numberAt('herd_node_power_watts{node="rich",estimated="false"}')).toBe(245);
  await expect.poll(() => busy.router.traces().length).toBeGreaterThanOrEqual(12);
  const row = busy.router.traces().find(({ node_id, model }) => node_id === "rich" && model === "cold:latest");
  expect(row?.joules).toBeGreaterThan(0);
  expect(row?.joules_estimated).toBe(false);
});

test("lanes and readings of a node that was removed are told no more; what it did stays counted", async () => {
  const { router, chat, scrape } = busy;
  await router.addNode(chatAnswer, { id: "leaver", models: ["leaving"] });
  expect(await chat({ model: "leaving", messages: [{ role: "user", content: "hi" }] })).toBe(200);
  const before = await scrape();
  for (const name of ["herd_lane_in_flight", "herd_node_status", "herd_node_power_watts", "herd_requests_total"])
    expect(before).toMatch(new RegExp(`^${name}\\{.*node="leaver"`, "m"));
  expect((await fetch(`${router.url}/fleet/nodes/leaver`, { method: "DELETE" })).status).toBe(200);
  const after = await scrape();
  expect(after).not.toMatch(/^herd_(lane|node|backend)_.*node="leaver"/m);
  expect(after).toMatch(/^herd_requests_total\{.*node="leaver".*\} 1$/m);
});

test.each([
  ["gzip", "gzip"],
  ["deflate, gzip;q=0.5", "gzip"],
  ["gzip;q=0", null],
  ["identity", null],
  ["gzipped", null],
])("a reader who takes %s gets the page so, whatever format it would like better", async (accepted, encoding) => {
  const headers = { "accept-encoding": accepted, accept: "application/openmetrics-text;version=1.0.0,*/*;q=0.1" };
  const answer = await fetch(`${busy.router.url}/metrics`, { headers });
  expect([answer.status, answer.headers.get("content-encoding")]).toEqual([200, encoding]);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(answer.headers.get("vary")).toContain("accept-encoding");
  expect(await answer.text()).toContain("\nherd_build_info{");
});

test("readers that come together each get a whole page", async () => {
  const pages = await Promise.all(Array.from({ length: 10 }, busy.scrape));
  for (const one of pages) {
    expect(one.match(/^# TYPE herd_requests_total counter$/gm)).toHaveLength(1);
    expect(one.endsWith("\n")).toBe(true);
  }
});

test("HEAD tells the head alone, and no other method is taken", async () => {
  const url = `${busy.router.url}/metrics`;
  const head = await fetch(url, { method: "HEAD" });
  expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1000);
  expect(await head.text()).toBe("");
  expect((await fetch(url, { method: "POST" })).status).toBe(405);
});

test.each([
  ["rules", rules],
  ["board", board],
])("the %s name no metric that does not exist", (_what, text) => {
  const told = namesIn(page.replaceAll(/^([a-z_]+)(?=[{ ])/gm, "$1"));
  const known = new Set([...told, ...[...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? "")]);
  const named = [...namesIn(text)].filter((name) => !labels.has(name));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

/** Labels that Prometheus adds, and that of every bucket. */
const addedLabels: readonly string[] = ["instance", "job", "le"];

test.each([
  ["rules", rules],
  ["board", board],
])("the %s select by labels that those metrics have, and by codes that exist", (_what, text) => {
  const plain = text.replaceAll('\\"', '"');
  const selectors = [...plain.matchAll(/\b((?:herd|gen_ai|process|nodejs)_\w+)\{([^}]*)\}/g)];
  expect(selectors.length).toBeGreaterThan(5);
  for (const [, metric = "", inside = ""] of selectors) {
    const line = page.split("\n").find((one) => one.startsWith(`${metric}{`)) ?? "";
    for (const [, label = ""] of inside.matchAll(/(\w+)(?==~?"|!=|!~)/g))
      if (!addedLabels.includes(label)) expect([metric, line]).toEqual([metric, expect.stringContaining(`${label}="`)]);
  }
  for (const [code] of plain.matchAll(/HERD_[A-Z_]+/g)) expect([...errorCatalogue.keys()]).toContain(code);
});

test("the board is one that Grafana imports: ids are unique and no panel lies on another", () => {
  const { panels, uid } = JSON.parse(board) as {
    uid: string;
    panels: { id: number; gridPos: { x: number; y: number; w: number; h: number }; targets?: { expr: string }[] }[];
  };
  expect(uid).toBe("herd-fleet");
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_none, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

const promtool = spawnSync("promtool", ["--version"]).error === undefined;

describe.skipIf(!promtool)("promtool (needs Debian's package prometheus)", () => {
  const run = (args: readonly string[], input = "") => {
    const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
    return { status, said: `${stdout}${stderr}` };
  };

  test("finds nothing to complain of in the metrics of a busy router", () => {
    expect(run(["check", "metrics"], page)).toEqual({ status: 0, said: "" });
  });

  test("proves that every rule fires when it should, and is silent in a healthy fleet", () => {
    const proved = run(["test", "rules", proofsPath]);
    expect(proved).toMatchObject({ status: 0, said: expect.stringContaining("SUCCESS") });
    const proofs = readFileSync(proofsPath, "utf8");
    for (const [, alert] of rules.matchAll(/- alert: (\w+)/g))
      expect(proofs).toMatch(new RegExp(`alertname: ${alert}\\s+exp_alerts:`));
  });

  test("takes the alert rules, and every query of the board as a rule", () => {
    expect(run(["check", "rules", rulesPath]).said).toContain("SUCCESS");
    const exprs = [...board.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
      ([, expr]) => JSON.parse(`"${expr}"`) as string,
    );
    const asRules = exprs.map((expr, at) => ({
      record: `query:${at}`,
      expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"),
    }));
    const file = JSON.stringify({ groups: [{ name: "board", rules: asRules }] });
    const folder = mkdtempSync(join(tmpdir(), "herd-board-"));
    writeFileSync(join(folder, "board.yaml"), file);
    const checked = run(["check", "rules", join(folder, "board.yaml")]);
    rmSync(folder, { recursive: true });
    expect(checked.said).toContain(`${exprs.length} rules found`);
    expect(checked.status).toBe(0);
  });
});
