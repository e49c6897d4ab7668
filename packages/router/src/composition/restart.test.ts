import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentity, deriveLinkSecret, type Identity, signHeartbeat } from "@herd/shared/link";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let dataDir: string;
const routers: TestRouter[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "herd-restart-"));
});

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(settings: object = {}): Promise<TestRouter> {
  const router = await startTestRouter({ dataDir, ...settings });
  routers.push(router);
  return router;
}

const chat = ({ url }: TestRouter) =>
  fetch(`${url}/api/chat`, { method: "POST", body: '{"model":"m","messages":[{"role":"user","content":"x"}]}' });

const heartbeat = {
  node_id: "signed",
  cpu: { cores_physical: 1, utilization_pct: 0 },
  memory: { total_gb: 1, used_gb: 0, available_gb: 1 },
  ollama: { models_available: ["m:latest"] },
};

/** Sends a signed heartbeat at a time on the router's clock; resolves to the status and the code. */
async function beat(
  { url }: TestRouter,
  agent: Identity,
  { time, id = "signed" }: { time?: number; id?: string } = {},
) {
  const identity = (await (await fetch(`${url}/fleet/identity`)).json()) as {
    public_key: string;
    router_time_ms: number;
  };
  const at = Math.floor(time ?? identity.router_time_ms);
  const body = Buffer.from(JSON.stringify({ ...heartbeat, node_id: id }));
  const signature = signHeartbeat(deriveLinkSecret(agent, identity.public_key), { time: at, body });
  const headers = { "x-herd-key": agent.publicKey, "x-herd-time": String(at), "x-herd-signature": signature };
  const response = await fetch(`${url}/heartbeat`, { method: "POST", body, headers });
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, at };
}

describe("after a restart of the router", () => {
  test("nodes and their models are known at once, and requests wait for them instead of a 404", async () => {
    const before = await start();
    const node = await before.addNode(chatAnswer);
    await (await chat(before)).text();
    await before.stop();
    const after = await start({ holdingS: 20 });
    const status = (await (await fetch(`${after.url}/fleet/status`)).json()) as { nodes: object[] };
    expect(status.nodes).toMatchObject([{ node_id: "node-1", status: "offline", last_heartbeat_ago_s: null }]);
    const response = chat(after);
    await expect.poll(() => after.assembly.serving.admission.heldCount()).toBe(1);
    await after.join(node);
    expect((await response).status).toBe(200);
  });

  test("what was learned of a lane is still known", async () => {
    const before = await start();
    await before.addNode(chatAnswer);
    await (await chat(before)).text();
    await before.stop();
    const after = await start();
    const lane = after.assembly.stores.learned.load().find(({ laneKey }) => laneKey === "node-1:m:latest");
    expect(lane?.samples).toBe(1);
  });

  test("a node id still belongs to the key it was pinned to, and old heartbeats are still replays", async () => {
    const agent = createIdentity();
    const before = await start();
    const first = await beat(before, agent);
    expect(first.status).toBe(200);
    await before.stop();
    const after = await start();
    expect(await beat(after, createIdentity())).toMatchObject({ status: 403, code: "HERD_NODE_KEY_MISMATCH" });
    expect(await beat(after, agent, { time: first.at })).toMatchObject({ status: 403, code: "HERD_REPLAYED" });
    const unknown = createIdentity();
    expect(await beat(after, unknown, { time: first.at, id: "never-stored" })).toMatchObject({
      status: 403,
      code: "HERD_REPLAYED",
    });
    expect(await beat(after, agent)).toMatchObject({ status: 200 });
  });

  test("a removed node stays removed, and its id is free", async () => {
    const agent = createIdentity();
    const before = await start();
    await beat(before, agent);
    await fetch(`${before.url}/fleet/nodes/signed`, { method: "DELETE" });
    await before.stop();
    const after = await start();
    expect((await (await fetch(`${after.url}/fleet/status`)).json()) as object).toMatchObject({ nodes: [] });
    expect(await beat(after, createIdentity())).toMatchObject({ status: 200 });
  });

  test("rows written before it are still there", async () => {
    const before = await start();
    await before.addNode(chatAnswer);
    await (await chat(before)).text();
    await before.stop();
    const after = await start();
    expect(after.traces()).toHaveLength(1);
  });
});
