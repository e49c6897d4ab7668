import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { ask, askJson, openCall } from "../support/clients/http-call.ts";
import { listedModels, startUp, type Up, untilDemo } from "../support/fleets/demo-fleet.ts";
import { fleetStatus } from "../support/fleets/process-fleet.ts";
import { childrenOf, isRunning } from "../support/programs/children-of.ts";
import { startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until, within } from "../support/until.ts";

const TIMEOUT_MS = 60_000;
const hello = { model: "demo-chat", messages: [{ role: "user", content: "Hello" }] };

async function startDemo(cleanup: Cleanup, environment?: Readonly<Record<string, string>>) {
  const dataDir = join(tempFolder(cleanup), "data");
  const up = await startUp(cleanup, { dataDir, ...(environment === undefined ? {} : { environment }) });
  await untilDemo(up);
  return { ...up, dataDir };
}

async function simulatedOllama(cleanup: Cleanup, port = 0): Promise<number> {
  const program = startProgram({
    name: "simulated-ollama",
    flags: ["--port", String(port), "--model", "gemma3:4b:3.3"],
  });
  cleanup.add(program.kill);
  return Number((await program.printed(/listening on http:\/\/127\.0\.0\.1:(\d+)/))[1]);
}

/** A real machine: a simulated Ollama without the mark, and an agent. */
async function realNode(cleanup: Cleanup, { url }: Up): Promise<void> {
  const port = await simulatedOllama(cleanup);
  const agent = startProgram({
    name: "herd-node",
    flags: [
      ...["--router-url", url, "--node-id", "real", "--ollama-host", `http://127.0.0.1:${port}`],
      ...["--gateway-port", "0", "--data-dir", join(tempFolder(cleanup), "real")],
    ],
  });
  cleanup.add(agent.kill);
}

const untilGone = (up: Up) =>
  until({
    what: "the demo is gone",
    look: async () => up.demo() === undefined && !(await fleetStatus(up.target)).nodes.some((node) => node.simulated),
    withinMs: 20_000,
  });

describe("the demo", { timeout: TIMEOUT_MS }, () => {
  test("ends when a machine with a real model joins: running answers finish, its models and its program go", () =>
    withCleanup(async (cleanup) => {
      const up = await startDemo(cleanup);
      // The slow machine of the demo takes its time for this one.
      await ask(up.target, { path: "/api/pull", body: { model: "slow:1b", node_id: "demo-laptop", stream: false } });
      const running = openCall(up.target, { path: "/api/chat", body: { ...hello, model: "demo-slow:1b" } });
      await running.firstByte;
      expect(running.node()).toBe("demo-laptop");
      await realNode(cleanup, up);
      await up.program.printed(/real has joined with real models/, 20_000);
      const { text, endedBy } = await running.reply;
      expect([endedBy, text.includes('"done":true')]).toEqual(["complete", true]);
      await untilGone(up);
      expect(await listedModels(up.target)).toEqual(["gemma3:4b"]);
      expect(Object.keys((await fleetStatus(up.target)).queues).filter((lane) => lane.includes("demo"))).toEqual([]);
      const answer = await ask(up.target, { path: "/api/chat", body: { ...hello, stream: false } });
      expect([answer.status, JSON.parse(answer.text)]).toEqual([404, { error: "model 'demo-chat' not found" }]);
    }));

  test("never starts again where a real backend was seen, and says so", () =>
    withCleanup(async (cleanup) => {
      const first = await startDemo(cleanup);
      await realNode(cleanup, first);
      await untilGone(first);
      first.program.signal("SIGTERM");
      await within("the end", 10_000, first.program.ended);
      const second = await startUp(cleanup, { dataDir: first.dataDir });
      await second.program.printed(/Demo +not started: this data folder has known real backends/);
      expect(second.demo()).toBeUndefined();
      expect((await fleetStatus(second.target)).nodes.filter((node) => node.simulated)).toEqual([]);
    }));

  test("starts again, without anything left of it, where nothing real was seen", () =>
    withCleanup(async (cleanup) => {
      const first = await startDemo(cleanup);
      first.program.signal("SIGTERM");
      await within("the end", 10_000, first.program.ended);
      await untilDemo(await startUp(cleanup, { dataDir: first.dataDir }));
    }));

  test("does not start where an Ollama without a model answers; the pull command is printed", () =>
    withCleanup(async (cleanup) => {
      const empty = createServer((request, response) => {
        response.end(request.url === "/api/version" ? '{"version":"0.24.0"}' : '{"models":[]}');
      });
      empty.listen(0, "127.0.0.1");
      await once(empty, "listening");
      cleanup.add(() => empty.close());
      const ollamaHost = `http://127.0.0.1:${(empty.address() as AddressInfo).port}`;
      const up = await startUp(cleanup, { dataDir: join(tempFolder(cleanup), "data"), ollamaHost });
      await up.program.printed(/ollama pull \S+/);
      const look = async () => (await fleetStatus(up.target)).nodes.length === 1;
      await until({ what: "the agent has joined", look, withinMs: 20_000 });
      expect([up.demo(), await listedModels(up.target)]).toEqual([undefined, []]);
    }));

  test("does not start where an Ollama with a model answers", () =>
    withCleanup(async (cleanup) => {
      const ollamaHost = `http://127.0.0.1:${await simulatedOllama(cleanup)}`;
      const up = await startUp(cleanup, { dataDir: join(tempFolder(cleanup), "data"), ollamaHost });
      const look = async () => (await listedModels(up.target)).length === 1;
      await until({ what: "the real model is listed", look, withinMs: 20_000 });
      expect(up.demo()).toBeUndefined();
    }));

  test("ends when the Ollama of this machine is started later", () =>
    withCleanup(async (cleanup) => {
      const port = await freePort();
      const dataDir = join(tempFolder(cleanup), "data");
      const up = await startUp(cleanup, { dataDir, ollamaHost: `http://127.0.0.1:${port}` });
      await untilDemo(up);
      await simulatedOllama(cleanup, port);
      await untilGone(up);
      expect(await listedModels(up.target)).toEqual(["gemma3:4b"]);
    }));

  test("is started again when its program dies, and serves who has asked meanwhile", () =>
    withCleanup(async (cleanup) => {
      const up = await startDemo(cleanup);
      const before = up.demo()?.pid ?? 0;
      process.kill(before, "SIGKILL");
      const { status, text } = await ask(up.target, { path: "/api/chat", body: { ...hello, stream: false } });
      expect([status, JSON.parse(text)]).toMatchObject([200, { done: true }]);
      expect(up.demo()?.pid).not.toBe(before);
      await untilDemo(up);
    }));

  test.each(["SIGTERM", "SIGKILL"] as const)("leaves no process behind when the router gets %s", (signal) =>
    withCleanup(async (cleanup) => {
      const up = await startDemo(cleanup);
      const children = childrenOf(up.program.pid);
      expect(children).toHaveLength(2);
      up.program.signal(signal);
      await within("the end", 10_000, up.program.ended);
      const look = () => children.every(({ pid }) => !isRunning(pid));
      await until({ what: "no child runs any more", look, withinMs: 10_000 });
    }),
  );

  test("leaves no process behind when the router is killed while its children start", () =>
    withCleanup(async (cleanup) => {
      const up = await startUp(cleanup, { dataDir: join(tempFolder(cleanup), "data") });
      const bothStart = () => {
        const children = childrenOf(up.program.pid);
        return children.length === 2 && children;
      };
      const children = await until({ what: "agent and demo start", look: bothStart, withinMs: 10_000 });
      up.program.signal("SIGKILL");
      const look = () => children.every(({ pid }) => !isRunning(pid));
      await until({ what: "no child runs any more", look, withinMs: 10_000 });
    }));

  test("finishes running answers when the terminal ends everybody at once", () =>
    withCleanup(async (cleanup) => {
      const up = await startDemo(cleanup);
      const running = openCall(up.target, {
        path: "/api/chat",
        body: { ...hello, model: "demo-thinker", think: true },
      });
      await running.firstByte;
      for (const pid of [up.program.pid, up.demo()?.pid ?? 0]) process.kill(pid, "SIGINT");
      const { text, endedBy } = await running.reply;
      expect([endedBy, text.includes('"done":true')]).toEqual(["complete", true]);
      expect(await within("the end", 10_000, up.program.ended)).toBe(0);
    }));

  test("is there for callers on this machine only", () =>
    withCleanup(async (cleanup) => {
      const up = await startDemo(cleanup, { FLEET_TRUSTED_PROXIES: "127.0.0.1" });
      const headers = { "x-forwarded-for": "192.168.7.7" };
      const mine = await ask(up.target, { path: "/api/chat", body: { ...hello, stream: false } });
      const id = mine.headers["x-request-id"] ?? "";
      const traces = async (from: object) =>
        (await askJson<{ traces: unknown[] }>(up.target, { path: "/dashboard/api/traces", ...from })).traces.length;
      await until({ what: "its trace is stored", look: async () => (await traces({})) === 1, withinMs: 5_000 });
      expect(await traces({ headers })).toBe(0);
      expect(await listedModels(up.target, headers)).toEqual([]);
      expect(await askJson(up.target, { path: "/api/ps", headers })).toEqual({ models: [] });
      expect(await askJson(up.target, { path: "/v1/models", headers })).toMatchObject({ data: [] });
      const status = await askJson<Awaited<ReturnType<typeof fleetStatus>>>(up.target, {
        path: "/fleet/status",
        headers,
      });
      expect([status.nodes.map(({ node_id }) => node_id), status.queues]).toEqual([["own"], {}]);
      const refused = await Promise.all(
        [
          { path: "/api/chat", body: { ...hello, stream: false } },
          { path: "/v1/chat/completions", body: hello },
          { path: "/api/show", body: { model: "demo-chat" } },
          { path: "/v1/models/demo-chat" },
          { path: `/fleet/decisions/${id}` },
          { path: `/dashboard/api/traces/${id}` },
        ].map((call) => ask(up.target, { ...call, headers })),
      );
      expect(refused.map((reply) => reply.status)).toEqual([404, 404, 404, 404, 404, 404]);
      const pull = await ask(up.target, { path: "/api/pull", body: { model: "codestral" }, headers });
      expect([pull.status, pull.headers["x-herd-error"]]).toEqual([403, "HERD_ADMIN_ONLY"]);
      expect((await ask(up.target, { path: `/fleet/decisions/${id}` })).status).toBe(200);
    }));
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
