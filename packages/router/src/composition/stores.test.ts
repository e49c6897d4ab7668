import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleetStatus } from "@herd/shared";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let folder: string;
let dataDir: string;
const routers: TestRouter[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-stores-"));
  dataDir = join(folder, "state");
});

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<TestRouter> {
  const router = await startTestRouter({ dataDir });
  routers.push(router);
  return router;
}

const findingsOf = async ({ url }: TestRouter) =>
  fleetStatus.parse(await (await fetch(`${url}/fleet/status`)).json()).fleet.findings;

/** Garbage in place of the first page of a table or index. */
function overwriteTree(path: string, name: string): void {
  const database = new Sqlite(path);
  const page = Number(database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(name));
  const size = Number(database.pragma("page_size", { simple: true }));
  // What its log still holds would be read in place of the file's page.
  expect(database.pragma("wal_checkpoint(TRUNCATE)", { simple: true })).toBe(0);
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  database.close();
  closeSync(file);
}

const chat = async ({ url }: TestRouter) => {
  const body = '{"model":"m","stream":false,"messages":[{"role":"user","content":"x"}]}';
  const response = await fetch(`${url}/api/chat`, { method: "POST", body });
  await response.arrayBuffer();
  return response.status;
};

describe("the data folder", () => {
  test("is one router's; a start that fails in it, and a stop, give it back", async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: "HERD_FOLDER_IN_USE" });
    await first.stop();
    expect(existsSync(join(dataDir, "router.lock.json"))).toBe(false);
    renameSync(join(dataDir, "latency.db"), join(folder, "kept"));
    mkdirSync(join(dataDir, "latency.db"));
    await expect(start()).rejects.toMatchObject({ code: "HERD_DATA_FOLDER" });
    rmSync(join(dataDir, "latency.db"), { recursive: true });
    await start();
  });
});

describe("what is odd about the records", () => {
  test("is nothing as long as all is well, also under load", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    await Promise.all(Array.from({ length: 20 }, () => chat(router)));
    expect(await findingsOf(router)).toEqual([]);
  });

  test("stands in the fleet's status, with its fix, until it is over; the log has it once", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    renameSync(dataDir, `${dataDir}-moved`);
    expect(await Promise.all([chat(router), chat(router), chat(router)])).toEqual([200, 200, 200]);
    await expect
      .poll(() => findingsOf(router))
      .toMatchObject([{ id: "records_not_written", fix: expect.stringContaining(`Put it back to ${dataDir}`) }]);
    renameSync(`${dataDir}-moved`, dataDir);
    await expect.poll(() => findingsOf(router), { timeout: 5_000 }).toEqual([]);
    await expect.poll(() => router.traces().length, { timeout: 5_000 }).toBe(3);
    expect(router.logLines.filter((line) => line.includes("records cannot be written"))).toHaveLength(1);
  });

  test("is damage, too, that only a question meets: requests are recorded, and the next start looks at the whole file", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    overwriteTree(join(dataDir, "latency.db"), "herd_benchmark_runs_timestamp");
    const asked = await fetch(`${router.url}/dashboard/api/benchmarks`);
    expect([asked.status, await asked.json()]).toMatchObject([503, { code: "HERD_RECORDS_UNREADABLE" }]);
    expect(await findingsOf(router)).toMatchObject([
      { id: "database_damaged", fix: expect.stringContaining("Restart the router") },
    ]);
    expect(await chat(router)).toBe(200);
    await expect.poll(() => router.traces().length, { timeout: 5_000 }).toBe(1);
    await router.stop();
    expect(existsSync(join(dataDir, "latency.db.damage-seen"))).toBe(true);
    expect(await findingsOf(await start())).toMatchObject([{ id: "database_set_aside" }]);
    expect(existsSync(join(dataDir, "latency.db.damage-seen"))).toBe(false);
  });

  test("is seen also while nothing waits to be written", async () => {
    const router = await start();
    renameSync(dataDir, `${dataDir}-moved`);
    expect(await findingsOf(router)).toMatchObject([{ id: "records_not_written" }]);
    renameSync(`${dataDir}-moved`, dataDir);
    expect(await findingsOf(router)).toEqual([]);
  });
});
