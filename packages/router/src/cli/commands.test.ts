import { afterEach, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import type { Order } from "./frame/command.ts";
import {
  herdIdentity,
  type Recorded,
  type RecordedRouter,
  refusing,
  startRecordedRouter,
} from "./testing/recorded-router.ts";
import { type TestTerminal, testShell } from "./testing/test-shell.ts";

let router: RecordedRouter | undefined;
afterEach(async () => {
  await router?.close();
  router = undefined;
});

type Routes = Readonly<Record<string, Recorded>>;
type Typed = Partial<Pick<Order, "words" | "flags">> & { readonly terminal?: TestTerminal };

/** Begins a command against a router with these answers. */
async function begin(name: string, routes: Routes, { words = [], flags = {}, terminal = {} }: Typed = {}) {
  router = await startRecordedRouter(routes);
  const shown = testShell(router.url, terminal);
  const command = commands.find((one) => one.words.join(" ") === name);
  if (command?.run === undefined) throw new Error(`there is no command ${name}`);
  return { shown, code: command.run({ words, flags, shell: shown.shell }), calls: router.calls };
}

async function run(name: string, routes: Routes, typed: Typed = {}) {
  const { shown, code, calls } = await begin(name, routes, typed);
  return { code: await code, out: shown.printed(), err: shown.complained(), calls };
}

/** Signs that steer a terminal, turn the reading direction, or cannot be seen. */
const HOSTILE = "evil\u001b[2J\u001b]0;x\u0007\u009b31m\r\n\u202egnp.exe<script>";
const HARMFUL = /[\p{Cc}\p{Cf}]/u;

const fleet = (id = "mac-mini") => ({
  fleet: {
    nodes_total: 1,
    nodes_online: 1,
    models_loaded: 0,
    requests_active: 0,
    requests_waiting: 0,
    requests_held: 0,
  },
  nodes: [
    {
      ...{
        node_id: id,
        status: "online",
        is_draining: false,
        is_legacy: false,
        reached_by: "gateway",
        address: "10.0.0.2",
      },
      ...{
        last_heartbeat_ago_s: 1,
        agent_version: "0.1.0",
        ollama_url: "http://10.0.0.2:11434",
        backends: [],
        findings: [],
      },
      hardware: { memory_total_gb: 32, cores_physical: 8, chip: id, memory_bandwidth_gbps: 0, arch: "" },
    },
  ],
  queues: {},
  timestamp: 1,
});

const trace = (more: object = {}) => ({
  ...{ request_id: "r-1", model: "gemma3:4b", node_id: "mac-mini", status: "completed", latency_ms: 1250 },
  ...{
    prompt_tokens: 10,
    completion_tokens: 40,
    timestamp: Date.UTC(2026, 10, 22, 11, 59) / 1000,
    error_message: null,
  },
  ...more,
});

const finding = (more: object = {}) => ({
  ...{ check_id: "node_offline", severity: "critical", title: "A machine is offline", description: "since 3 min" },
  ...{
    why: "Its models are missing",
    fix: "Start it",
    command: "herd node remove pc",
    node_id: "pc",
    traces: ["/dashboard/api/traces/r-9"],
    data: {},
  },
  ...more,
});

const health = (recommendations: readonly object[]) => ({
  "GET /dashboard/api/health": {
    vitals: { nodes_total: 2, health_score: 80 },
    recommendations,
    checked_at: 1,
    extra: {},
  },
});

describe("herd traces", () => {
  test("asks for what was asked for, and shows the newest last", async () => {
    const routes = {
      "GET /dashboard/api/traces": { traces: [trace({ request_id: "new" }), trace({ request_id: "old" })], next: null },
    };
    const flags = { model: "gemma3:4b", node: "mac-mini", slow: true, since: { ms: 60_000 }, limit: 5 };
    const { code, out, calls } = await run("traces", routes, { flags });
    expect(code).toBe(0);
    expect(out.indexOf("old")).toBeLessThan(out.indexOf("new"));
    expect(out).toMatch(/done +gemma3:4b +mac-mini +1\.25 s/);
    const since = Date.UTC(2026, 10, 22, 11, 59) / 1000;
    expect(calls).toEqual([
      `GET /dashboard/api/traces?limit=5&slow=true&model=gemma3%3A4b&node_id=mac-mini&since=${since}`,
    ]);
  });

  test("follows: each request is shown once, until it is stopped; a router that is gone is waited for", async () => {
    let asked = 0;
    const rows = ["a", "b", "c"].map((request_id, at) => trace({ request_id, timestamp: 1000 + at }));
    const answer: Recorded = ({ response }) => {
      asked += 1;
      if (asked === 2) return void response.destroy();
      return { traces: rows.slice(0, asked).toReversed() };
    };
    const { shown, code } = await begin(
      "traces",
      { "GET /dashboard/api/traces": answer },
      { flags: { follow: true, json: true } },
    );
    await shown.until('"request_id":"c"');
    shown.stop();
    expect(await code).toBe(130);
    expect([...shown.printed().matchAll(/"request_id":"(\w)"/g)].map(([, id]) => id)).toEqual(["a", "b", "c"]);
  });
});

describe("herd explain", () => {
  const gone = refusing(404, { error: "no decision is kept for request 'r-1'", code: "HERD_UNKNOWN_REQUEST" });

  test("tells what the database keeps of a request whose decisions are gone", async () => {
    const attempt = {
      attempt: 1,
      node_id: "pc",
      model: "gemma3:4b",
      http_status: 500,
      failure_class: "node-fault",
      decision: { profile: "signals", ranked: 2 },
    };
    const routes = {
      "GET /fleet/decisions/r-1": gone,
      "GET /dashboard/api/traces/r-1": {
        trace: trace({ status: "failed", error_message: "it died" }),
        attempts: [attempt],
      },
    };
    const { code, out } = await run("explain", routes, { words: ["r-1"] });
    expect(code).toBe(0);
    expect(out).toMatch(/request r-1: failed/);
    expect(out).toContain("it died");
    expect(out).toMatch(/1 +pc +gemma3:4b .*500 +node-fault/);
    expect(out).toContain("profile: signals · ranked: 2");
  });

  test("says so when nobody knows the request", async () => {
    const routes = {
      "GET /fleet/decisions/r-1": gone,
      "GET /dashboard/api/traces/r-1": refusing(404, {
        error: "no request 'r-1' is stored",
        code: "HERD_UNKNOWN_REQUEST",
        hint: "See GET /dashboard/api/traces",
      }),
    };
    const { code, err } = await run("explain", routes, { words: ["r-1"] });
    expect([code, err]).toEqual([1, expect.stringContaining("no request 'r-1' is known")]);
    const known = {
      ...routes,
      "GET /dashboard/api/traces": { traces: [trace({ request_id: "x-9" }), trace({ request_id: "r-2" })] },
    };
    expect((await run("explain", known, { words: ["r-1"] })).err).toContain("did you mean: r-2, x-9?");
  });

  test("says so when no request has ended yet", async () => {
    const last = refusing(404, { error: "no decision is kept for request 'last'", code: "HERD_UNKNOWN_REQUEST" });
    const routes = { "GET /fleet/decisions/last": last, "GET /dashboard/api/traces": { traces: [] } };
    expect(await run("explain", routes)).toMatchObject({
      code: 1,
      err: expect.stringContaining("no request to explain yet"),
    });
  });
});

describe("herd doctor", () => {
  test("tells each finding with its reason, fix and command, the gravest first, and ends with 1", async () => {
    const { code, out } = await run(
      "doctor",
      health([finding({ check_id: "x", severity: "warning", title: "Slow" }), finding()]),
    );
    expect(code).toBe(1);
    expect(out.indexOf("✗ critical")).toBeLessThan(out.indexOf("! warning"));
    for (const text of [
      "health 80 of 100",
      "pc: A machine is offline",
      "Why: Its models",
      "Fix: Start it",
      "$ herd node remove pc",
      "herd explain r-9",
    ])
      expect(out).toContain(text);
  });

  test.each([
    ["nothing found", [], {}, 0],
    ["information", [finding({ severity: "info" })], {}, 0],
    ["information, strictly", [finding({ severity: "info" })], { strict: true }, 1],
    ["what is over", [finding({ data: { resolved: true } })], {}, 0],
    ["what somebody took note of", [finding({ acknowledged: true })], {}, 0],
    ["a warning", [finding({ severity: "warning" })], {}, 1],
  ])("%s gives its exit code", async (...[, found, flags, expected]) => {
    expect((await run("doctor", health(found), { flags })).code).toBe(expected);
  });

  test("ends with 5 where nothing is known: an older router, or none", async () => {
    const old = {
      "GET /dashboard/api/health": refusing(501, {
        error: "health checks: not yet",
        code: "HERD_NOT_YET",
        hint: "later",
      }),
    };
    expect(await run("doctor", old)).toMatchObject({ code: 5, err: "herd: health checks: not yet\n      later\n" });
    expect(await run("doctor", herdIdentity)).toMatchObject({ code: 5, err: expect.stringContaining("does not know") });
  });
});

describe("herd pull", () => {
  const lines =
    (...records: readonly object[]): Recorded =>
    ({ response }) => {
      response.setHeader("x-fleet-node", "mac-mini");
      response.end(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    };
  const layer = { status: "pulling abc", digest: "sha256:abc", total: 1000, completed: 500 };

  test("succeeds when the node said so, with a line for each step where the output is no terminal", async () => {
    const routes = {
      "POST /api/pull": lines(
        { status: "pulling manifest" },
        layer,
        { ...layer, completed: 1000 },
        { status: "success" },
      ),
    };
    const { code, out, calls } = await run("pull", routes, { words: ["gemma3:4b"], flags: { node: "mac-mini" } });
    expect(code).toBe(0);
    expect(out).toBe(
      "pulling gemma3:4b on mac-mini\npulling manifest\n50 % of 1.0 kB\npulling abc\nsuccess\ngemma3:4b is on mac-mini\n",
    );
    expect(calls.at(-1)).toBe('POST /api/pull {"model":"gemma3:4b","node_id":"mac-mini","stream":true}');
  });

  test("downloads nothing to an Ollama that stands where a router was thought to be", async () => {
    const routes = { "GET /api/version": { version: "0.24.0" }, "POST /api/pull": lines({ status: "success" }) };
    const { code, err, calls } = await run("pull", routes, { words: ["m"] });
    expect([code, err]).toEqual([1, expect.stringContaining("is Ollama 0.24.0 itself")]);
    expect(calls).not.toContainEqual(expect.stringContaining("POST"));
    const page: Recorded = ({ response }) => void response.end("<html>");
    const other = await run("pull", { "POST /api/pull": page }, { words: ["m"] });
    expect([other.code, other.err]).toEqual([1, expect.stringContaining("is no herd router")]);
  });

  test("draws a bar in place on a terminal", async () => {
    const routes = { "POST /api/pull": lines(layer, { status: "success" }) };
    const { out } = await run("pull", routes, { words: ["m"], terminal: { isTerminal: true, columns: 80 } });
    expect(out).toMatch(/\rm \[█+░+\] +50 % {2}500 B of 1\.0 kB/);
    expect(out).toContain("500 B of 1.0 kB\u001b[K");
  });

  test("fails when the stream merely ends, when the node tells an error, and when the router refuses", async () => {
    expect(await run("pull", { "POST /api/pull": lines(layer) }, { words: ["m"] })).toMatchObject({
      code: 1,
      err: expect.stringContaining("ended before the node said that it is done"),
    });
    const failed = lines(layer, { error: `pull model manifest: file does not exist ${HOSTILE}` });
    const { code, err } = await run("pull", { "POST /api/pull": failed }, { words: ["m"] });
    expect([code, err.slice(0, -1)]).toEqual([1, expect.not.stringMatching(HARMFUL)]);
    const refused = {
      "POST /api/pull": refusing(403, {
        error: "/api/pull is only open on the router's own machine",
        code: "HERD_ADMIN_ONLY",
      }),
    };
    expect(await run("pull", refused, { words: ["m"] })).toMatchObject({
      code: 1,
      err: expect.stringContaining("ssh "),
    });
  });

  test("is stopped by Ctrl-C: the router sees its client leave, the exit code is 130", async () => {
    let left: () => void = () => undefined;
    const hasLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const endless: Recorded = ({ response }) => {
      response.write(`${JSON.stringify(layer)}\n`);
      response.once("close", left);
    };
    const { shown, code } = await begin("pull", { "POST /api/pull": endless }, { words: ["m"] });
    await shown.until("50 %");
    shown.stop();
    await hasLeft;
    expect([await code, shown.complained()]).toEqual([130, "herd: stopped; herd pull m goes on where it ended\n"]);
  });
});

describe("herd rm", () => {
  const tags = { "GET /api/tags": { models: [{ name: "m:latest", details: { fleet_nodes: ["a", "b"] } }] } };

  test("deletes from every machine that has it, and names those that have not done it", async () => {
    const routes = {
      ...tags,
      "POST /dashboard/api/delete": (({ body, response }) =>
        body.includes('"b"')
          ? void response.writeHead(409).end('{"error":"it is pinned","code":"HERD_X","hint":"--force"}')
          : { ok: true }) as Recorded,
    };
    const { code, out, err, calls } = await run("rm", routes, { words: ["m"], flags: { force: true } });
    expect([code, out, err]).toEqual([
      1,
      "m:latest is deleted from a\n",
      "herd: b: it is pinned\n      --force deletes it all the same\n",
    ]);
    expect(calls[1]).toBe('POST /dashboard/api/delete {"node_id":"a","model":"m:latest","force":true}');
  });

  test("deletes nothing anywhere when one machine has it in memory, unless it is forced", async () => {
    const routes = { ...tags, "GET /api/ps": { models: [{ name: "m:latest", fleet_node: "b" }] } };
    const { code, err, calls } = await run("rm", routes, { words: ["m"] });
    expect([code, err]).toEqual([1, expect.stringContaining("in memory on b; nothing is deleted")]);
    expect(calls.filter((call) => call.startsWith("POST"))).toEqual([]);
  });

  test("says where a model is that is not on the machine that was named", async () => {
    const { code, err } = await run("rm", tags, { words: ["m"], flags: { node: "c" } });
    expect([code, err]).toEqual([1, "herd: 'c' does not have 'm:latest'\n      it is on: a, b\n"]);
  });
});

describe("herd settings", () => {
  const setting = (key: string, value: unknown) => ({
    key,
    value,
    default: value,
    origin: "the default",
    range: "r",
    unit: null,
    meaning: "what",
    is_live: true,
  });
  const settings = [
    setting("auto", true),
    setting("limit", 5),
    setting("mode", "warn"),
    setting("list", ["a"]),
    setting("map", {}),
  ];
  const routes = (answer: Recorded) => ({
    "GET /dashboard/api/settings": { settings },
    "POST /dashboard/api/settings": answer,
  });

  test.each([
    ["auto", "off", '{"auto":false}'],
    ["auto", "maybe", '{"auto":"maybe"}'],
    ["limit", "12.5", '{"limit":12.5}'],
    ["limit", "many", '{"limit":"many"}'],
    ["mode", "true", '{"mode":"true"}'],
    ["list", "b, c", '{"list":["b","c"]}'],
    ["list", "none", '{"list":[]}'],
    ["map", '{"a": 1}', '{"map":{"a":1}}'],
  ])("set %s %s sends %s", async (key, value, sent) => {
    const { calls } = await run("settings set", routes({ status: "updated", updated: {}, notices: [] }), {
      words: [key, value],
    });
    expect(calls.at(-1)).toBe(`POST /dashboard/api/settings ${sent}`);
  });

  test("tells what was changed, and what will win at the next start", async () => {
    const notice = "limit: flag --limit will decide again at the next start";
    const changed = routes({ status: "updated", updated: { limit: 7 }, notices: [notice] });
    expect(await run("settings set", changed, { words: ["limit", "7"] })).toMatchObject({
      code: 0,
      out: "limit = 7 (was 5)\n",
      err: `herd: ${notice}\n`,
    });
  });

  test("names settings that are alike when there is none of that name", async () => {
    const { code, err } = await run("settings get", routes({}), { words: ["auto_x"] });
    expect([code, err]).toEqual([1, "herd: there is no setting 'auto_x'\n      did you mean: auto?\n"]);
    expect((await run("settings get", routes({}), { words: ["uato"] })).err).toContain("did you mean: auto");
  });
});

describe("herd node", () => {
  test("drains one that is there, and names those that are when it is not", async () => {
    const routes = { "GET /fleet/status": fleet(), "POST /dashboard/api/nodes/mac-mini/drain": { ok: true } };
    expect(await run("node drain", routes, { words: ["mac-mini"] })).toMatchObject({
      code: 0,
      out: expect.stringContaining("mac-mini drains"),
    });
    expect(await run("node drain", routes, { words: ["pc"] })).toMatchObject({
      code: 1,
      err: expect.stringContaining("known are: mac-mini"),
    });
  });
});

describe("herd bench", () => {
  const stored = (id: string, speed: number) => ({
    run_id: id,
    timestamp: 1000,
    mode: "quick",
    status: "complete",
    duration_s: 60,
    total_requests: 9,
    total_failures: 0,
    tokens_per_sec: speed,
    ttft_p50_ms: 100,
    per_model_results: [{ model: "m", tok_s: speed, avg_latency_ms: 1250 }],
    saturation: [
      {
        ...{ node_id: "pc", model: "m", saturates_at: 2, ended: "saturated" },
        steps: [
          { concurrency: 1, per_s: 30, latency_p50_ms: 20 },
          { concurrency: 2, per_s: 50, latency_p50_ms: 30 },
        ],
      },
    ],
  });

  test("shows a run with the load under which each machine was saturated", async () => {
    const { out } = await run(
      "bench show",
      { "GET /dashboard/api/benchmarks": { data: [stored("new", 60)] } },
      { words: ["latest"] },
    );
    expect(out).toMatch(/TOKENS\/S +MEAN TIME\nm +60 +1\.25 s/);
    expect(out).toMatch(/m +pc +1 +30 .*\n +2 +50 .*saturated\n/);
  });

  test("starts with what was asked for, follows to the end, and shows the run", async () => {
    const steps = ["warming_up", "running", "complete"];
    const routes = {
      "POST /dashboard/api/benchmarks/start": { status: "started", run_id: "b-1" },
      "GET /dashboard/api/benchmarks/progress": (() => ({ status: steps.shift(), phase: "p" })) as Recorded,
      "GET /dashboard/api/benchmarks/b-1": { data: stored("b-1", 50) },
    };
    const { code, out, calls } = await run("bench start", routes, {
      flags: { mode: "custom", models: ["m"], duration: 5, concurrency: 4 },
    });
    expect(code).toBe(0);
    expect(calls[0]).toBe(
      'POST /dashboard/api/benchmarks/start {"mode":"custom","duration":5,"models":["m"],"max_concurrency":4}',
    );
    expect(out).toMatch(/b-1 .*quick +complete/);
  });

  test("Ctrl-C cancels the run, too", async () => {
    const routes = {
      "POST /dashboard/api/benchmarks/start": { status: "started", run_id: "b-1" },
      "GET /dashboard/api/benchmarks/progress": { status: "running", phase: "measuring" },
      "POST /dashboard/api/benchmarks/cancel": { status: "cancelled" },
    };
    const { shown, code, calls } = await begin("bench start", routes);
    await shown.until("measuring");
    shown.stop();
    expect([await code, calls.at(-1)]).toEqual([130, "POST /dashboard/api/benchmarks/cancel {}"]);
  });

  test("compares two runs, and exports them as CSV", async () => {
    const routes = {
      "GET /dashboard/api/benchmarks": { data: [stored("new", 60)] },
      "GET /dashboard/api/benchmarks/old": { data: stored("old", 50) },
    };
    const { out } = await run("bench compare", routes, { words: ["old", "latest"] });
    expect(out).toMatch(/tokens\/s +50 +60 +\+20 %/);
    const csv = await run("bench list", routes, { flags: { csv: true } });
    expect(csv.out.split("\r\n")[1]).toBe("new,1000,quick,complete,60,9,0,,60,,,100,");
  });
});

describe("--watch", () => {
  const routes = { "GET /fleet/status": fleet() };
  const terminal = { isTerminal: true, columns: 80, rows: 20 };

  test("ends with 0 at q, and with 130 at Ctrl-C, and gives the terminal back both times", async () => {
    const quit = await begin("status", routes, { flags: { watch: 60 }, terminal });
    await quit.shown.until("mac-mini");
    quit.shown.press("q");
    expect([await quit.code, quit.shown.printed().endsWith("\u001b[?1049l")]).toEqual([0, true]);
    await router?.close();
    const stopped = await begin("status", routes, { flags: { watch: 60 }, terminal });
    await stopped.shown.until("mac-mini");
    stopped.shown.stop();
    expect([await stopped.code, stopped.shown.printed().endsWith("\u001b[?1049l")]).toEqual([130, true]);
  });

  test("q ends it at once, although the router is silent", async () => {
    const asked = Promise.withResolvers<void>();
    const { shown, code } = await begin(
      "status",
      { "GET /fleet/status": () => asked.resolve() },
      { flags: { watch: 60 }, terminal },
    );
    await asked.promise;
    shown.press("q");
    expect(await code).toBe(0);
  });

  test("where a terminal cannot be drawn on, one text follows the other; who reads no more ends it with 0", async () => {
    const { shown, code } = await begin("status", routes, {
      flags: { watch: 0.2 },
      terminal: { ...terminal, isDumb: true },
    });
    await shown.until(/mac-mini.*mac-mini/s);
    expect(shown.printed()).not.toContain("\u001b");
    shown.leave();
    expect(await code).toBe(0);
  });
});

describe("herd top", () => {
  const routes = { "GET /fleet/status": fleet(), "GET /dashboard/api/traces": { traces: [trace()] } };

  test("draws in place, again when the terminal gets another size, and gives the terminal back at q", async () => {
    const terminal = { isTerminal: true, columns: 120, rows: 30 };
    const { shown, code } = await begin("top", routes, { terminal });
    await shown.until("gemma3:4b");
    shown.resize(50, 5);
    await shown.until("more lines");
    shown.press("q");
    expect(await code).toBe(0);
    expect(shown.printed().startsWith("\u001b[?1049h")).toBe(true);
    expect(shown.printed().endsWith("\u001b[?1049l")).toBe(true);
  });

  test("prints the picture once where the output is no terminal, and works without the requests of an older router", async () => {
    expect((await run("top", routes)).out).toMatch(/^1 of 1 machines online(.|\n)*gemma3:4b/);
    const { code, out } = await run("top", { "GET /fleet/status": fleet(), ...herdIdentity });
    expect([code, out]).toEqual([0, expect.stringContaining("mac-mini")]);
  });
});

describe("names that machines, models and errors give themselves", () => {
  const hostileTrace = trace({
    request_id: HOSTILE,
    model: HOSTILE,
    node_id: HOSTILE,
    status: HOSTILE,
    error_message: HOSTILE,
    original_model: HOSTILE,
  });
  const routes: Routes = {
    "GET /fleet/status": fleet(HOSTILE),
    "GET /api/tags": {
      models: [{ name: HOSTILE, size: 1, details: { quantization_level: HOSTILE, fleet_nodes: [HOSTILE] } }],
    },
    "GET /api/ps": { models: [{ name: HOSTILE, fleet_node: HOSTILE }] },
    "GET /dashboard/api/traces": { traces: [hostileTrace] },
    "GET /dashboard/api/traces/x": {
      trace: hostileTrace,
      attempts: [{ attempt: 1, node_id: HOSTILE, failure_class: HOSTILE, decision: { [HOSTILE]: HOSTILE } }],
    },
    "GET /fleet/decisions/x": refusing(404, { error: HOSTILE, code: "HERD_UNKNOWN_REQUEST", hint: HOSTILE }),
    ...health([
      finding({
        check_id: HOSTILE,
        title: HOSTILE,
        description: HOSTILE,
        why: HOSTILE,
        fix: HOSTILE,
        command: HOSTILE,
        node_id: HOSTILE,
        traces: [HOSTILE],
      }),
    ]),
    "GET /dashboard/api/recommendations": {
      nodes: [{ node_id: HOSTILE, recommendations: [{ model: HOSTILE, reason: HOSTILE }] }],
      fleet_summary: HOSTILE,
    },
    "GET /dashboard/api/settings": {
      settings: [
        { key: HOSTILE, value: HOSTILE, default: "", origin: HOSTILE, range: HOSTILE, unit: HOSTILE, meaning: HOSTILE },
      ],
    },
    "GET /dashboard/api/benchmarks": {
      data: [{ run_id: HOSTILE, error: HOSTILE, per_model_results: [{ [HOSTILE]: HOSTILE }] }],
    },
    "GET /dashboard/api/logs": {
      lines: [{ ts: HOSTILE, level: HOSTILE, msg: HOSTILE, exception: HOSTILE, [HOSTILE]: HOSTILE }],
      is_cut: false,
    },
  };

  test.each([
    ...[
      "status",
      "top",
      "models",
      "traces",
      "doctor",
      "recommend",
      "node list",
      "settings list",
      "bench list",
      "logs",
    ].map((name) => [name, []] as const),
    ["explain", ["x"]] as const,
    ["bench show", ["latest"]] as const,
    ["settings get", [HOSTILE]] as const,
    ["settings get", ["none"]] as const,
    ["node drain", ["none"]] as const,
    ["rm", [HOSTILE]] as const,
  ])("reach the terminal harmless: %s", async (name, words) => {
    for (const flags of [{}, { json: true }, { csv: true }]) {
      const { out, err } = await run(name, routes, { words, flags });
      for (const line of `${out}${err}`.split(/\r?\n/)) expect(line).not.toMatch(HARMFUL);
      expect(out + err).not.toBe("");
      expect(err).not.toContain("cannot be read");
      await router?.close();
    }
  });
});

test("every command below another one comes after it, has examples, and says what it does in one line", () => {
  for (const [at, { words, summary, examples }] of commands.entries()) {
    const parent = words.slice(0, -1).join(" ");
    if (parent !== "") expect(commands.slice(0, at).map((one) => one.words.join(" "))).toContain(parent);
    expect(examples.length).toBeGreaterThan(0);
    expect(summary).toMatch(/^[^\n.]{10,110}$/);
  }
});
