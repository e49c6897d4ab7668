import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createBriefings } from "../../traces/queries/advice/briefings.ts";
import { openDatabase } from "../database.ts";
import { createBriefingStore } from "./briefing-store.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function open() {
  const folder = mkdtempSync(join(tmpdir(), "herd-briefings-"));
  const database = openDatabase({ path: join(folder, "latency.db"), now: Date.now });
  closers.push(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return database.connection;
}

test("briefings come back newest first, with who wrote them and what they were made of", () => {
  const connection = open();
  const store = createBriefingStore(connection);
  store.save({ at: 1000, text: "old", model: undefined, facts: { nodes: [] } });
  store.save({ at: 2000, text: "new", model: "qwen3:8b", facts: { nodes: [1] } });
  expect(createBriefings(connection)({ limit: 5 })).toEqual([
    { generated_at: 2, briefing: "new", model: "qwen3:8b", fleet_data: { nodes: [1] } },
    { generated_at: 1, briefing: "old", model: null, fleet_data: { nodes: [] } },
  ]);
  expect(createBriefings(connection)({ limit: 1 })).toHaveLength(1);
});

test("what another program or a person left there is shown as far as it can be read", () => {
  const connection = open();
  connection.exec(
    "INSERT INTO fleet_briefings (timestamp, briefing, model, fleet_data) VALUES (3, 'theirs', '', '{half')",
  );
  expect(createBriefings(connection)({ limit: 5 })).toEqual([
    { generated_at: 3, briefing: "theirs", model: null, fleet_data: null },
  ]);
});

test("only the newest are kept", () => {
  const connection = open();
  const store = createBriefingStore(connection, 3);
  for (let at = 1; at <= 10; at += 1) store.save({ at: at * 1000, text: `${at}`, model: undefined, facts: {} });
  expect(createBriefings(connection)({ limit: 50 }).map(({ briefing }) => briefing)).toEqual(["10", "9", "8"]);
});
