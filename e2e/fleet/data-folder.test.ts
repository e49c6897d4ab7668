import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import openDatabase from "better-sqlite3";
import { describe, expect, type TestContext, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { ask, type Target } from "../support/clients/http-call.ts";
import { onLoopback, type Places } from "../support/fleets/places.ts";
import { fleetStatus, type ProcessFleet, startProcessFleet } from "../support/fleets/process-fleet.ts";
import { storedTraces, untilTraces } from "../support/fleets/stored-traces.ts";
import { type Program, startProgram } from "../support/programs/start-program.ts";
import { fillDisk, smallDisk, whyNoSmallDisk } from "../support/small-disk.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until, within } from "../support/until.ts";

const TIMEOUT_MS = 60_000;
const MODEL = "demo-chat:8b";
const listening = /http:\/\/localhost:(\d+)/;
const whyNoDisk = whyNoSmallDisk();

function herd(cleanup: Cleanup, dataDir: string, more: Partial<Parameters<typeof startProgram>[0]> = {}): Program {
  const flags = ["--port", "0", "--data-dir", dataDir];
  const program = startProgram({ name: "herd", flags, ...more });
  cleanup.add(program.kill);
  return program;
}

const targetOf = async (program: Program): Promise<Target> => ({
  host: "127.0.0.1",
  port: Number((await program.printed(listening))[1]),
});

interface FleetOrder {
  readonly places?: Places;
  readonly environment?: Readonly<Record<string, string>>;
}

function fleetIn(cleanup: Cleanup, folder: string, { places, environment }: FleetOrder = {}): Promise<ProcessFleet> {
  return startProcessFleet(cleanup, {
    places: places ?? onLoopback(1),
    folder,
    parallel: 4,
    ollamaFlags: ["--model", `${MODEL}:4.9`, "--load", MODEL, "--decode", "2000", "--prefill", "20000"],
    ...(environment === undefined ? {} : { routerEnvironment: environment }),
  });
}

const short = { model: MODEL, prompt: "Hello", stream: false, options: { num_predict: 2 } };
const generate = ({ target }: ProcessFleet) => ask(target, { path: "/api/generate", body: short });

async function findingsOf(target: Target): Promise<readonly string[]> {
  const { fleet } = await fleetStatus(target);
  return (fleet.findings ?? []).map(({ id, text, fix }) => `${id}: ${text} | ${fix}`);
}

const untilFindings = (target: Target, pattern: RegExp | undefined) =>
  until({
    what: `the findings are ${pattern}`,
    look: async () => {
      const found = await findingsOf(target);
      return pattern === undefined ? found.length === 0 : found.some((finding) => pattern.test(finding));
    },
    withinMs: 8_000,
  });

/** SQLite would follow the way into another mount namespace back to this one. */
function copyOfRecords(cleanup: Cleanup, dataDir: string): string {
  const copy = tempFolder(cleanup);
  for (const name of ["latency.db", "latency.db-wal"]) copyFileSync(join(dataDir, name), join(copy, name));
  return copy;
}

const timesIn = (text: string, pattern: RegExp): number => [...text.matchAll(new RegExp(pattern, "g"))].length;

describe.concurrent("one data folder", { timeout: TIMEOUT_MS }, () => {
  test("is one router's: a second is refused at once with who has it, under any path and port, and changes nothing", () =>
    withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const dataDir = join(folder, "state");
      const first = herd(cleanup, dataDir);
      const target = await targetOf(first);
      const port = "port" in target ? target.port : 0;
      const link = join(folder, "link");
      symlinkSync(dataDir, link);
      const filesBefore = readdirSync(dataDir).sort();
      for (const path of [dataDir, link]) {
        const since = performance.now();
        // A notice about an unknown name would be a line in the log of the first.
        const second = herd(cleanup, path, { environment: { FLEET_QUEUE_LIMITS: "5" } });
        expect(await within("the end", 20_000, second.ended)).toBe(4);
        const told = second.errors();
        for (const fact of ["data folder", path, `http://localhost:${port}`, `process ${first.pid}`, "--data-dir"])
          expect(told).toContain(fact);
        expect(performance.now() - since).toBeLessThan(15_000);
      }
      expect(readdirSync(dataDir).sort()).toEqual(filesBefore);
      expect(readFileSync(join(dataDir, "router.lock.json"), "utf8")).toContain(`"pid":${first.pid}`);
      expect((await ask(target, { path: "/healthz" })).status).toBe(200);
    }));

  test("is free again at once when its router was killed, and when it ended", () =>
    withCleanup(async (cleanup) => {
      const dataDir = join(tempFolder(cleanup), "state");
      const first = herd(cleanup, dataDir);
      await targetOf(first);
      await first.kill();
      const second = herd(cleanup, dataDir);
      await targetOf(second);
      second.signal("SIGTERM");
      expect(await within("the end", 5_000, second.ended)).toBe(0);
      expect(existsSync(join(dataDir, "router.lock.json"))).toBe(false);
      await targetOf(herd(cleanup, dataDir));
    }));

  test("holds nothing that others could read, whatever it was before", () =>
    withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const dataDir = join(folder, "router");
      mkdirSync(dataDir, { mode: 0o755 });
      chmodSync(dataDir, 0o755);
      const fleet = await fleetIn(cleanup, folder);
      await generate(fleet);
      await untilTraces(dataDir, 1);
      await until({ what: "a log", look: () => existsSync(join(dataDir, "logs", "herd.jsonl")), withinMs: 3_000 });
      for (const place of [dataDir, join(folder, "node-a")]) {
        const modes = readdirSync(place, { recursive: true, encoding: "utf8" }).map((name) => {
          const found = statSync(join(place, name));
          return [name, (found.mode & 0o777) === (found.isDirectory() ? 0o700 : 0o600)];
        });
        expect(modes.filter(([, isPrivate]) => !isPrivate)).toEqual([]);
        expect(statSync(place).mode & 0o777).toBe(0o700);
      }
    }));
});

describe.concurrent("a data folder that goes away under a running router", { timeout: TIMEOUT_MS }, () => {
  test("costs no request and no row when it comes back; until then a finding says so, and nobody takes its place", () =>
    withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const fleet = await fleetIn(cleanup, folder);
      const { target, dataDir, router } = fleet;
      await generate(fleet);
      await untilTraces(dataDir, 1);
      renameSync(dataDir, `${dataDir}-moved`);
      const replies = await Promise.all(Array.from({ length: 8 }, () => generate(fleet)));
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
      await untilFindings(
        target,
        /records_not_written: .*latency\.db: the file was moved.*\| Put it back to .*restart/,
      );
      expect(existsSync(dataDir)).toBe(false);
      renameSync(`${dataDir}-moved`, dataDir);
      await untilFindings(target, undefined);
      expect(await untilTraces(dataDir, 9)).toHaveLength(9);
      expect(timesIn(router.output(), /records cannot be written/)).toBe(1);
      await router.printed(/records are written again/, 5_000);
    }));

  test("for good leaves a router that serves; the next start begins a new one", () =>
    withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const fleet = await fleetIn(cleanup, folder);
      const { target, dataDir, router } = fleet;
      rmSync(dataDir, { recursive: true });
      expect((await generate(fleet)).status).toBe(200);
      await untilFindings(target, /records_not_written/);
      router.signal("SIGTERM");
      expect(await within("the end", 10_000, router.ended)).toBe(0);
      expect(router.output()).toContain("requests could not be recorded before the end");
      await fleet.startRouter();
      await until({
        what: "requests are served again",
        look: async () => (await generate(fleet)).status === 200,
        withinMs: 15_000,
      });
      expect(await untilTraces(dataDir, 1)).not.toHaveLength(0);
    }));
});

describe.concurrent("a database that others meddle with while the router runs", { timeout: TIMEOUT_MS }, () => {
  const generateMany = async (fleet: ProcessFleet, count: number): Promise<void> => {
    const replies = await Promise.all(Array.from({ length: count }, () => generate(fleet)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  };
  const dashboard = async ({ target }: ProcessFleet, path: string) => {
    const { status, text } = await ask(target, { path: `/dashboard/api/${path}` });
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  };

  test("is waited for while another program keeps it locked, however long; it is still read, and every row comes afterwards", () =>
    withCleanup(async (cleanup) => {
      const fleet = await fleetIn(cleanup, tempFolder(cleanup));
      const { target, dataDir, router } = fleet;
      await generateMany(fleet, 3);
      await untilTraces(dataDir, 3);
      const other = openDatabase(join(dataDir, "latency.db"));
      cleanup.add(() => other.close());
      other.exec("BEGIN EXCLUSIVE");
      await generateMany(fleet, 40);
      await untilFindings(target, /records_not_written: .*another program keeps it locked.*\| End the program/);
      await generateMany(fleet, 40);
      expect(await dashboard(fleet, "overview")).toMatchObject({ status: 200, body: { total_requests: 3 } });
      expect(await dashboard(fleet, "health")).toMatchObject({ status: 200 });
      other.exec("COMMIT");
      await untilFindings(target, undefined);
      expect(await untilTraces(dataDir, 83)).toHaveLength(83);
      expect(timesIn(router.output(), /records cannot be written/)).toBe(1);
    }));

  test("costs no answer and no waiting row when its pages turn into garbage: the next start begins a new one with them", () =>
    withCleanup(async (cleanup) => {
      const fleet = await fleetIn(cleanup, tempFolder(cleanup));
      const { target, dataDir, router } = fleet;
      const path = join(dataDir, "latency.db");
      await generateMany(fleet, 10);
      await untilTraces(dataDir, 10);
      // What lies in its log only would hide the garbage.
      const other = openDatabase(path);
      cleanup.add(() => other.close());
      await until({
        what: "the log is empty",
        look: () => other.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) === 0,
        withinMs: 5_000,
      });
      writeFileSync(path, Buffer.alloc(statSync(path).size - 8192, 0xa5), { flag: "r+", flush: true });
      await generateMany(fleet, 20);
      await untilFindings(target, /records_not_written: .*the file is damaged.*\| Restart the router/);
      expect(await dashboard(fleet, "overview")).toMatchObject({
        status: 503,
        body: { code: "HERD_RECORDS_UNREADABLE", error: expect.stringContaining("the file is damaged") },
      });
      await generateMany(fleet, 5);
      router.signal("SIGTERM");
      expect(await within("the end", 10_000, router.ended)).toBe(0);
      expect(router.output()).toContain("requests that waited are recorded where the next start finds them");
      await fleet.startRouter();
      await untilFindings(target, /database_set_aside: .*latency\.db\.corrupt-.*\| Recover it/);
      expect(storedTraces(dataDir)).toHaveLength(25);
    }));
});

describe.concurrent("a disk", { timeout: TIMEOUT_MS }, () => {
  /** Skipped with a reason where there can be no disk of our own. */
  function withDisk(context: TestContext, happens: (cleanup: Cleanup) => Promise<void>): Promise<void> {
    context.skip(whyNoDisk !== undefined, whyNoDisk);
    return withCleanup(happens);
  }

  test("that fills up costs records only: they wait, the oldest go and are counted, and space brings the rest to it", (context) =>
    withDisk(context, async (cleanup) => {
      const folder = tempFolder(cleanup);
      const disk = smallDisk({ folder: join(folder, "router"), mib: 4 });
      const loopback = onLoopback(1);
      const places = { ...loopback, router: { ...loopback.router, prefix: disk.prefix } };
      const fleet = await fleetIn(cleanup, folder, { places, environment: { FLEET_TRACE_BACKLOG: "100" } });
      const { target, router } = fleet;
      const dataDir = disk.seenBy(router.pid);
      const traces = () => storedTraces(copyOfRecords(cleanup, dataDir));
      await generate(fleet);
      await until({ what: "a trace is stored", look: () => traces().length === 1, withinMs: 5_000 });
      const free = fillDisk(dataDir);
      const statuses = new Set<number>();
      for (let round = 0; round < 10; round += 1) {
        const replies = await Promise.all(Array.from({ length: 15 }, () => generate(fleet)));
        for (const { status } of replies) statuses.add(status);
      }
      expect([...statuses]).toEqual([200]);
      await untilFindings(target, /records_not_written: .*the disk is full.*\| Make space on that disk/);
      const lost = (await findingsOf(target)).find((finding) => finding.startsWith("records_lost"));
      const lostCount = Number(/: (\d+) requests/.exec(lost ?? "")?.[1]);
      expect(lostCount).toBeGreaterThan(0);
      free();
      const kept = 151 - lostCount;
      await until({ what: `${kept} traces are stored`, look: () => traces().length === kept, withinMs: 5_000 });
      await until({
        what: "only the lost ones are still told",
        look: async () => (await findingsOf(target)).every((finding) => finding.startsWith("records_lost")),
        withinMs: 5_000,
      });
      expect(timesIn(router.output(), /records cannot be written/)).toBe(1);
      expect((await generate(fleet)).status).toBe(200);
      await until({
        what: "the log file tells of its loss",
        look: () => /log lines were lost/.test(readFileSync(join(dataDir, "logs", "herd.jsonl"), "utf8")),
        withinMs: 3_000,
      });
    }));

  test.for([
    ["full", { isFull: true }, /the disk is full|ENOSPC/],
    ["read-only", { isReadOnly: true }, /not writable \((EROFS|SQLITE_READONLY)|EROFS/],
  ] as const)("that is %s at the start refuses it with the reason and code 4", ([, how, reason], context) =>
    withDisk(context, async (cleanup) => {
      const folder = join(tempFolder(cleanup), "state");
      const program = herd(cleanup, folder, { prefix: smallDisk({ folder, mib: 1, ...how }).prefix });
      expect(await within("the end", 20_000, program.ended)).toBe(4);
      expect(program.errors()).toMatch(reason);
      expect(program.errors()).toMatch(/\n {6}Make the folder writable, or start with --data-dir\n$/);
    }),
  );

  test("of an agent that fills up costs log lines only", (context) =>
    withDisk(context, async (cleanup) => {
      const folder = tempFolder(cleanup);
      const disk = smallDisk({ folder: join(folder, "node-a"), mib: 1 });
      const loopback = onLoopback(1);
      const [place = loopback.router] = loopback.nodes;
      const places = { ...loopback, nodes: [{ ...place, prefix: disk.prefix }] };
      const fleet = await fleetIn(cleanup, folder, { places });
      const [node] = fleet.nodes;
      if (node === undefined) throw new Error("a fleet of one has a node");
      const dataDir = disk.seenBy(node.agent.pid);
      const free = fillDisk(dataDir);
      await node.ollama.kill();
      await node.agent.printed(/herd-node\.jsonl cannot be written, lines are dropped: .*ENOSPC/, 10_000);
      await node.startOllama();
      await until({ what: "it serves", look: async () => (await generate(fleet)).status === 200, withinMs: 10_000 });
      free();
      await node.ollama.kill();
      await until({
        what: "the log file tells of its loss",
        look: () => /log lines were lost/.test(readFileSync(join(dataDir, "logs", "herd-node.jsonl"), "utf8")),
        withinMs: 10_000,
      });
      expect(timesIn(node.agent.output(), /cannot be written/)).toBe(1);
    }));
});
