import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { start as startRouter } from "../index.ts";
import { createRootLogger } from "../log/create-logs.ts";
import { readSettings } from "../settings/read.ts";
import type { Router } from "./router.ts";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const routers: TestRouter[] = [];

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

async function start(): Promise<TestRouter> {
  const router = await startTestRouter();
  routers.push(router);
  return router;
}

async function change(url: string, body: unknown, type: string | undefined = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers: Readonly<Record<string, string>> = type === "" ? {} : { "Content-Type": type };
  // Bytes, unlike a text, are sent without a type of their own.
  const sent = { method: "POST", body: Buffer.from(text), headers };
  const response = await fetch(`${url}/dashboard/api/settings`, sent);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface View {
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly settings: readonly { key: string; value: unknown; origin: string; is_live: boolean }[];
  readonly nodes: readonly { node_id: string }[];
}

const view = async (url: string): Promise<View> =>
  (await (await fetch(`${url}/dashboard/api/settings`)).json()) as View;
const setting = (seen: View, key: string) => seen.settings.find((one) => one.key === key);

describe("the settings over HTTP", () => {
  test("are told with value, origin and whether they can change now, in the predecessor's groups, too", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    const seen = await view(router.url);
    expect(setting(seen, "context_protection")).toMatchObject({ value: "strip", origin: "the default", is_live: true });
    expect(setting(seen, "port")).toMatchObject({ is_live: false });
    expect(seen.config["context"]).toEqual({
      context_protection: "strip",
      dynamic_num_ctx: false,
      num_ctx_overrides: {},
      num_ctx_auto_calculate: false,
    });
    expect(seen.nodes).toMatchObject([{ node_id: "node-1", status: "online", models_loaded_count: 1 }]);
  });

  test("a change is in force for the next request", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { context: 6000 });
    const ask = () =>
      fetch(`${router.url}/api/chat`, {
        method: "POST",
        body: '{"model":"m","messages":[{"role":"user","content":"a"}],"options":{"num_ctx":100}}',
      }).then((response) => response.text());
    await ask();
    expect(node.calls.at(-1)?.body).toContain('"num_ctx":6000');
    expect(await change(router.url, { context_protection: "passthrough" })).toEqual({
      status: 200,
      body: { status: "updated", updated: { context_protection: "passthrough" }, notices: [] },
    });
    await ask();
    expect(node.calls.at(-1)?.body).toContain('"num_ctx":100');
    expect(setting(await view(router.url), "context_protection")).toMatchObject({
      value: "passthrough",
      origin: "the saved settings",
    });
  });

  test("an alias can be given while it runs", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    await change(router.url, { model_aliases: { "gpt-4o": "m" } });
    const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"a"}]}';
    const response = await fetch(`${router.url}/v1/chat/completions`, { method: "POST", body });
    expect(response.headers.get("x-fleet-served-model")).toBe("m");
    await response.text();
  });

  test("the same values again change nothing", async () => {
    const router = await start();
    expect((await change(router.url, { context_protection: "strip" })).body["status"]).toBe("no_change");
    expect((await change(router.url, {})).body["status"]).toBe("no_change");
  });

  test("entries of a map that are not positive are taken away, as with the predecessor", async () => {
    const router = await start();
    const { body } = await change(router.url, { num_ctx_overrides: { "m:latest": 8192, other: 0 } });
    expect(body["updated"]).toEqual({ num_ctx_overrides: { "m:latest": 8192 } });
  });

  test.each([
    [{ dynamic_num_ctx: "false" }, 400, "dynamic_num_ctx"],
    [{ context_protection: "sometimes" }, 400, "context_protection"],
    [{ thinking_overhead: 0 }, 400, "thinking_overhead"],
    [{ num_ctx_overrides: { m: "x" } }, 400, "num_ctx_overrides"],
    [{ num_ctx_overrides: { m: "" } }, 400, "num_ctx_overrides"],
    [{ model_aliases: { a: "" } }, 400, "model_aliases"],
    [{ model_aliases: { a: 0, b: "m" } }, 400, "model_aliases"],
    [{ anthropic_model_map: { default: " " } }, 400, "anthropic_model_map"],
    [{ heartbeat_interval: 1 }, 400, "heartbeat_interval"],
    [{ port: 1 }, 400, "port"],
    [{ contxt_protection: "warn" }, 400, "contxt_protection"],
    [{ constructor: 1 }, 400, "constructor"],
    [{ vram_fallback: true }, 501, "vram_fallback"],
    [{ model_aliases: JSON.parse('{"__proto__":"m"}') }, 400, "model_aliases"],
    [{ num_ctx_overrides: JSON.parse('{"__proto__":9}') }, 400, "num_ctx_overrides"],
    [{ model_aliases: { "a\u001b[31m": "m" } }, 400, "model_aliases"],
    [{ pinned_models: ["a\nb"] }, 400, "pinned_models"],
    ['{"__proto__":{"dynamic_num_ctx":true},"thinking_min_predict":5}', 400, "__proto__"],
    [{ weights: JSON.parse('{"__proto__":9}') }, 400, "weights.__proto__"],
    [{ image_generation: "off" }, 400, "image_generation"],
    [{ context_protection: null }, 400, "context_protection"],
    [{ heartbeat_timeout: 500 }, 400, "heartbeat_timeout"],
    ["[]", 400, ""],
    ["{", 400, ""],
    ["", 400, ""],
  ])("%j is refused with %s, and nothing of it is in force", async (body, status, field) => {
    const code = status === 501 ? "HERD_NOT_YET" : "HERD_BAD_SETTING";
    const router = await start();
    const whole = typeof body === "string" ? body : { ...body, thinking_min_predict: 5 };
    const answer = await change(router.url, whole);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code, field, hint: expect.any(String), error: expect.any(String) });
    expect(setting(await view(router.url), "thinking_min_predict")).toMatchObject({ value: 1024 });
  });

  test("a name with a slip is told the nearest one; what is long is told short", async () => {
    const router = await start();
    expect((await change(router.url, { contxt_protection: "warn" })).body["hint"]).toContain("context_protection");
    for (const body of [{ ["k".repeat(10_000)]: 1 }, { queue_limit: "v".repeat(10_000) }]) {
      const { status, body: told } = await change(router.url, body);
      expect([status, JSON.stringify(told).length < 700]).toEqual([400, true]);
    }
  });

  test("a value that is deeper than any setting is refused", async () => {
    const router = await start();
    const deep = `{"model_aliases":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await change(router.url, deep)).toMatchObject({ status: 400, body: { field: "model_aliases" } });
  });

  test("more than any settings need is refused", async () => {
    const router = await start();
    const names = Array.from({ length: 10_000 }, (_none, at) => [`m${at}`, "x".repeat(40)]);
    const { status, body } = await change(router.url, { model_aliases: Object.fromEntries(names) });
    expect([status, body["code"]]).toEqual([413, "HERD_BODY_TOO_LARGE"]);
  });

  test("the predecessor's toggles are all told; what is not there may be wanted off", async () => {
    const router = await start();
    expect((await view(router.url)).config["toggles"]).toEqual({
      auto_pull: true,
      auto_pull_mode: "named",
      vram_fallback: false,
      image_generation: true,
      transcription: true,
      dynamic_num_ctx: false,
      num_ctx_auto_calculate: false,
      fleet_intelligence: true,
    });
    expect((await change(router.url, { vram_fallback: false })).body["status"]).toBe("no_change");
  });

  test("images and transcriptions are refused while they are turned off", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    await change(router.url, { image_generation: false, transcription: false });
    const form = new FormData();
    form.set("model", "m");
    form.set("file", new Blob(["a"]), "a.wav");
    const image = { method: "POST", body: '{"model":"m","prompt":"a"}' };
    for (const [path, sent] of [
      ["/v1/images/generations", image],
      ["/v1/audio/transcriptions", { method: "POST", body: form }],
    ] as const) {
      const reply = await fetch(`${router.url}${path}`, sent);
      expect([path, reply.status, reply.headers.get("x-herd-error")]).toEqual([path, 503, "HERD_TURNED_OFF"]);
      expect(await reply.json()).toMatchObject({ error: { message: expect.stringContaining("turned this off") } });
    }
    await change(router.url, { transcription: true });
    const again = await fetch(`${router.url}/v1/audio/transcriptions`, { method: "POST", body: form });
    expect(again.headers.get("x-herd-error")).not.toBe("HERD_TURNED_OFF");
    await again.text();
  });

  test("of writers at the same time each has its whole change in force and kept, and the last word counts", async () => {
    const router = await start();
    const all = Array.from({ length: 40 }, (_none, at) => ({
      thinking_min_predict: at + 1,
      holding_s: at + 1,
      ...(at % 2 === 0 ? { anthropic_ping: true } : { dynamic_num_ctx: true }),
    }));
    const answers = await Promise.all(all.map((one) => change(router.url, one)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const seen = await view(router.url);
    const now = (key: string) => setting(seen, key)?.value;
    expect([now("anthropic_ping"), now("dynamic_num_ctx")]).toEqual([true, true]);
    expect(now("thinking_min_predict")).toBe(now("holding_s"));
    expect(router.assembly.stores.settings.load()).toMatchObject({
      thinking_min_predict: now("thinking_min_predict"),
      holding_s: now("holding_s"),
    });
  });

  test("an alias may look like a number", async () => {
    const router = await start();
    const { body } = await change(router.url, { model_aliases: { a: "0" } });
    expect(body["updated"]).toEqual({ model_aliases: { a: "0" } });
  });

  test.each(["", "application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"])(
    "a body of the type '%s' is read",
    async (type) => {
      const router = await start();
      expect((await change(router.url, { context_protection: "warn" }, type)).status).toBe(200);
    },
  );

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "json"])(
    "a body of the type '%s' is refused, and the hint names the header",
    async (type) => {
      const router = await start();
      const { status, body } = await change(router.url, { context_protection: "warn" }, type);
      expect([status, body["code"]]).toEqual([400, "HERD_BAD_SETTING"]);
      expect(body["hint"]).toContain("-H 'Content-Type: application/json'");
      expect(setting(await view(router.url), "context_protection")?.value).toBe("strip");
    },
  );

  test("a page of another site may not change them", async () => {
    const router = await start();
    const response = await fetch(`${router.url}/dashboard/api/settings`, {
      method: "POST",
      body: '{"context_protection":"warn"}',
      headers: { Origin: "https://example.com", "Content-Type": "application/json" },
    });
    expect(response.status).toBe(403);
    expect(setting(await view(router.url), "context_protection")?.value).toBe("strip");
  });
});

describe("over restarts", () => {
  const folders: string[] = [];

  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  async function startIn(folder: string, flags: Readonly<Record<string, unknown>> = {}): Promise<Router> {
    const env = { FLEET_THINKING_OVERHEAD: "3" };
    const all = { host: "127.0.0.1", port: "0", dataDir: folder, ...flags };
    const read = (saved: Readonly<Record<string, unknown>>) =>
      readSettings({ flags: all, env, homeDir: folder, saved });
    const log = createRootLogger([{ level: "ERROR", write: () => undefined }], Date.now);
    return startRouter({ ...read({}).values, mdns: false }, { log, resolveWith: read });
  }

  const urlOf = ({ address }: Router): string => `http://127.0.0.1:${address.port}`;

  test("a saved value stays, and what the environment says wins over it and was announced to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "herd-settings-"));
    folders.push(folder);
    const first = await startIn(folder);
    const { body } = await change(urlOf(first), { context_protection: "warn", thinking_overhead: 2 });
    expect(body["notices"]).toEqual([
      "thinking_overhead: environment FLEET_THINKING_OVERHEAD will decide again at the next start",
    ]);
    expect(setting(await view(urlOf(first)), "thinking_overhead")?.value).toBe(2);
    await first.close();
    const second = await startIn(folder);
    const seen = await view(urlOf(second));
    expect(setting(seen, "context_protection")).toMatchObject({ value: "warn", origin: "the saved settings" });
    expect(setting(seen, "thinking_overhead")).toMatchObject({
      value: 3,
      origin: "environment FLEET_THINKING_OVERHEAD",
      saved_value: 2,
    });
    expect(setting(seen, "context_protection")).not.toHaveProperty("saved_value");
    await second.close();
  });

  test("a map, a number and a toggle come back as they were", async () => {
    const folder = mkdtempSync(join(tmpdir(), "herd-settings-"));
    folders.push(folder);
    const wanted = {
      model_aliases: { "gpt-4o": "qwen3:32b", "7": "m" },
      num_ctx_overrides: { m: 8192 },
      holding_s: 2.5,
      dynamic_num_ctx: true,
      anthropic_auto_route: false,
    };
    const first = await startIn(folder);
    expect((await change(urlOf(first), wanted)).body["updated"]).toEqual(wanted);
    await first.close();
    const second = await startIn(folder);
    const seen = await view(urlOf(second));
    for (const [key, value] of Object.entries(wanted))
      expect(setting(seen, key)).toMatchObject({ value, origin: "the saved settings" });
    await second.close();
  });

  test("a saved value that is no good any more does not keep the router from starting", async () => {
    const folder = mkdtempSync(join(tmpdir(), "herd-settings-"));
    folders.push(folder);
    await (await startIn(folder)).close();
    const database = new Database(join(folder, "latency.db"));
    database.exec(`INSERT INTO settings_overrides VALUES ('context_protection', '"never"', 1), ('gone', '1', 1)`);
    database.close();
    const router = await startIn(folder);
    expect(setting(await view(urlOf(router)), "context_protection")?.value).toBe("strip");
    await router.close();
  });
});
