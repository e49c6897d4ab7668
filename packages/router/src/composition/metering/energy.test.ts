import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { chatAnswer } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

const DAY_S = 86_400;

interface Energy {
  readonly days: number;
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly totals: {
    readonly work: Readonly<Record<string, unknown>>;
    readonly nodes: Readonly<Record<string, unknown>>;
  };
  readonly price: unknown;
}

/** Does something with a second connection to the router's database. */
function inDatabase<Result>({ assembly }: TestRouter, run: (connection: Database.Database) => Result): Result {
  const connection = new Database(join(assembly.live.values.dataDir, "latency.db"));
  try {
    return run(connection);
  } finally {
    connection.close();
  }
}

test("energy is told by day, node and model, beside what whole machines took, with its price", async () => {
  const router = await startTestRouter({ energyPricePerKwh: 0.5 });
  const { stores, fleet } = router.assembly;
  const today = Math.floor(fleet.clock.now() / 1000 / DAY_S) * DAY_S;
  inDatabase(router, (connection) => {
    const insert = connection.prepare(
      `INSERT INTO usage_hourly (hour, node_id, model, kind, traffic, first_seen, last_seen, joules, joules_estimated,
         prompt_tokens, completion_tokens) VALUES (?, ?, ?, 'chat', ?, 0, 0, ?, ?, 100, 50)`,
    );
    insert.run(today, "a", "m", "", 3600, 0);
    insert.run(today + 3600, "a", "m", "", 3600, 3600);
    insert.run(today + 3600, "a", "m", "benchmark", 99, 0);
    insert.run(today + 3600, "a", "old", "", 0, 0);
    insert.run(today - 8 * DAY_S, "a", "m", "", 3600, 0);
  });
  const energy = { isSimulated: false, joules: 36_000, joulesEstimated: 0, seconds: 1800 };
  stores.energy.add([{ ...energy, nodeId: "a" }], today * 1000 + 5);
  stores.energy.add([{ ...energy, nodeId: "a" }], today * 1000 + 6);
  stores.energy.add([{ ...energy, nodeId: "demo", isSimulated: true }], today * 1000 + 6);
  const ask = async () => (await (await fetch(`${router.url}/dashboard/api/energy?days=7`)).json()) as Energy;
  await expect.poll(async () => (await ask()).nodes.length, { timeout: 5_000 }).toBe(1);
  const { days, data, nodes, totals, price } = await ask();
  expect(days).toBe(7);
  expect(data).toEqual([
    {
      day_bucket: today,
      node_id: "a",
      model: "m",
      joules: 7200,
      wh: 2,
      is_estimated: true,
      prompt_tokens: 200,
      completion_tokens: 100,
      tokens: 300,
      tokens_per_wh: 150,
    },
  ]);
  expect(nodes).toEqual([
    { day_bucket: today, node_id: "a", joules: 72_000, wh: 20, is_estimated: false, hours: 1, work_wh: 2 },
  ]);
  expect(totals.work).toMatchObject({ wh: 2, tokens_per_wh: 150 });
  expect(totals.nodes).toMatchObject({ wh: 20 });
  expect(price).toEqual({ per_kwh: 0.5, work: 0.001, nodes: 0.01 });
  await router.close();
});

test("what is no sound question is refused with the field, and no energy is no price", async () => {
  const router = await startTestRouter();
  for (const query of ["days=0", "days=366", "days=1.5", "days=x", "days=1;DROP TABLE node_energy", "day=1"]) {
    const response = await fetch(`${router.url}/dashboard/api/energy?${query}`);
    const { code, field } = (await response.json()) as { code: string; field: string };
    expect([response.status, code, field]).toEqual([400, "HERD_BAD_REQUEST", query.split("=")[0]]);
  }
  const empty = (await (await fetch(`${router.url}/dashboard/api/energy`)).json()) as Energy;
  expect(empty).toMatchObject({ days: 7, data: [], price: null, totals: { work: { tokens_per_wh: null } } });
  await router.close();
});

test("a stopped router has written what its nodes took up to then", async () => {
  const router = await startTestRouter();
  await router.addNode(chatAnswer);
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
  await (await fetch(`${router.url}/api/chat`, { method: "POST", body })).text();
  await router.stop();
  const rows = inDatabase(router, (connection) => connection.prepare("SELECT * FROM node_energy").all());
  expect(rows).toMatchObject([{ node_id: "node-1" }]);
  await router.close();
});
