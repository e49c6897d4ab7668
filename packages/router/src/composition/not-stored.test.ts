import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { startTestRouter } from "./testing/test-router.ts";

test("what cannot be stored is not in force, says why, and can be asked for again", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "herd-not-stored-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const router = await startTestRouter({ dataDir });
  onTestFinished(router.close);
  await router.addNode();
  const { fleet } = router.assembly;
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(router.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, told: await response.json() };
  };
  const changes = [
    ["/dashboard/api/settings", { context_protection: "warn" }],
    ["/dashboard/api/nodes/node-1/drain", {}],
  ] as const;
  const other = new Database(join(dataDir, "latency.db"));
  other.exec("BEGIN EXCLUSIVE");
  for (const [path, body] of changes) {
    expect(await post(path, body)).toEqual({
      status: 503,
      told: expect.objectContaining({ code: "HERD_NOT_STORED", error: expect.stringMatching(/keeps it locked/) }),
    });
  }
  expect(fleet.registry.snapshot().nodes[0]).toMatchObject({ status: "online", isDraining: false });
  other.exec("COMMIT");
  other.close();
  for (const [path, body] of changes) expect((await post(path, body)).status).toBe(200);
  expect(fleet.registry.snapshot().nodes[0]).toMatchObject({ isDraining: true });
});
