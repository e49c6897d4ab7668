import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, type TestContext, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { startCrowd, streamEndOf, untilBegun } from "../support/clients/crowd.ts";
import { ask, type Target } from "../support/clients/http-call.ts";
import { whyNoNamespaces } from "../support/fleets/lan.ts";
import { onLoopback, onMachines } from "../support/fleets/places.ts";
import { nodeView, type ProcessFleet, startProcessFleet, untilJoined } from "../support/fleets/process-fleet.ts";
import { storedTraces, untilTraces } from "../support/fleets/stored-traces.ts";
import { type Program, startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until, within } from "../support/until.ts";

const TIMEOUT_MS = 60_000;
const MODEL = "demo-chat:8b";
const whyNot = whyNoNamespaces();
const whyNoProc = existsSync("/proc/self/task") ? undefined : "children of a process are listed in /proc on Linux only";

const ollamaFlags = ["--model", `${MODEL}:4.9`, "--load", MODEL, "--decode", "40"];

const oneNode = (cleanup: Cleanup): Promise<ProcessFleet> =>
  startProcessFleet(cleanup, { places: onLoopback(1), folder: tempFolder(cleanup), parallel: 2, ollamaFlags });

describe.concurrent("a router that is asked to end", { timeout: TIMEOUT_MS }, () => {
  test.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "by %s, twice in one moment, lets running and waiting requests finish and refuses others with when to come again",
    (signal) =>
      withCleanup(async (cleanup) => {
        const { router, target, dataDir } = await oneNode(cleanup);
        const crowd = startCrowd(target, { size: 4, model: MODEL, tokens: 60 });
        await untilBegun(crowd, 2);
        router.signal(signal);
        router.signal(signal);
        await router.printed(/stopping: running requests may finish/);
        const late = await ask(target, { path: "/api/chat", body: { model: MODEL, messages: [] } });
        expect([late.status, late.headers["x-herd-error"], Number(late.headers["retry-after"]) > 0]).toEqual([
          503,
          "HERD_SHUTTING_DOWN",
          true,
        ]);
        expect(late.headers["connection"]).toBe("close");
        expect((await ask(target, { path: "/readyz" })).status).toBe(503);
        expect((await ask(target, { path: "/healthz" })).status).toBe(200);
        const replies = await Promise.all(crowd.map(({ call }) => call.reply));
        expect(replies.map((reply, at) => streamEndOf(crowd[at]?.dialect ?? "ollama", reply))).toEqual(
          crowd.map(() => "whole"),
        );
        expect(await within("the end", 3_000, router.ended)).toBe(0);
        expect(
          storedTraces(dataDir)
            .map(({ status }) => status)
            .sort(),
        ).toEqual([...crowd.map(() => "completed"), "failed"]);
      }),
  );

  test("by the end of its terminal, which reads no more, still writes everything and ends with code 0", () =>
    withCleanup(async (cleanup) => {
      const { router, target, dataDir } = await oneNode(cleanup);
      router.stopReading();
      const crowd = startCrowd(target, { size: 1, model: MODEL, tokens: 20 });
      await crowd[0]?.call.firstByte;
      router.signal("SIGHUP");
      const [reply] = await Promise.all(crowd.map(({ call }) => call.reply));
      expect(reply?.status).toBe(200);
      expect(await within("the end", 5_000, router.ended)).toBe(0);
      expect(storedTraces(dataDir)).toHaveLength(1);
    }));
});

/** `herd up` with a simulated Ollama, its node joined. */
async function herdUp(cleanup: Cleanup) {
  const dataDir = join(tempFolder(cleanup), "state");
  const ollama = startProgram({
    name: "simulated-ollama",
    flags: ["--port", "0", "--num-parallel", "2", ...ollamaFlags],
  });
  cleanup.add(ollama.kill);
  const ollamaUrl = (await ollama.printed(/http:\/\/127\.0\.0\.1:\d+/))[0];
  const environment = {
    FLEET_NODE_OLLAMA_HOST: ollamaUrl,
    FLEET_NODE_GATEWAY_PORT: "0",
    FLEET_NODE_NODE_ID: "mini",
    OLLAMA_NUM_PARALLEL: "2",
  };
  const router = startProgram({ name: "herd", flags: ["up", "--port", "0", "--data-dir", dataDir], environment });
  cleanup.add(router.kill);
  const port = Number((await router.printed(/http:\/\/localhost:(\d+)/))[1]);
  const target: Target = { host: "127.0.0.1", port };
  await untilJoined(target, ["mini"]);
  const children = agentsOf(router.pid);
  cleanup.add(() => {
    for (const pid of children) if (isRunning(pid)) process.kill(pid, "SIGKILL");
  });
  return { router, target, dataDir, children };
}

/** Its agents, not the short-lived programs that it asks about this machine. */
const agentsOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(/\s+/)
    .filter((child) => child !== "" && /node-agent/.test(readFileSync(`/proc/${child}/cmdline`, "utf8")))
    .map(Number);

/** A zombie is not running. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    // Nobody has this number.
    return false;
  }
}

describe.concurrent("herd up", { timeout: TIMEOUT_MS }, () => {
  function withHerdUp(
    context: TestContext,
    happens: (scene: Awaited<ReturnType<typeof herdUp>>) => Promise<void>,
  ): Promise<void> {
    context.skip(whyNoProc !== undefined, whyNoProc);
    return withCleanup(async (cleanup) => happens(await herdUp(cleanup)));
  }

  test("told to end serves on its own machine what runs and what waits, then takes its agent along", (context) =>
    withHerdUp(context, async ({ router, target, dataDir, children }) => {
      expect(children).toHaveLength(1);
      const crowd = startCrowd(target, { size: 4, model: MODEL, tokens: 40 });
      await untilBegun(crowd, 2);
      router.signal("SIGINT");
      const replies = await Promise.all(crowd.map(({ call }) => call.reply));
      expect(replies.map((reply, at) => streamEndOf(crowd[at]?.dialect ?? "ollama", reply))).toEqual(
        crowd.map(() => "whole"),
      );
      expect(await within("the end", 5_000, router.ended)).toBe(0);
      expect(children.filter(isRunning)).toEqual([]);
      expect(storedTraces(dataDir).map(({ status }) => status)).toEqual(crowd.map(() => "completed"));
    }));

  test("told a second time ends at once with its agent", (context) =>
    withHerdUp(context, async ({ router, target, dataDir, children }) => {
      const crowd = startCrowd(target, { size: 3, model: MODEL, tokens: 4_000 });
      await untilBegun(crowd, 2);
      router.signal("SIGINT");
      await pause(400);
      router.signal("SIGTERM");
      expect(await within("the end", 3_000, router.ended)).toBe(0);
      expect(children.filter(isRunning)).toEqual([]);
      expect(storedTraces(dataDir)).toHaveLength(3);
    }));

  test("killed leaves no agent behind, and starts again at once with its node and its records", (context) =>
    withHerdUp(context, async ({ router, target, dataDir, children }) => {
      const short = { model: MODEL, prompt: "Hello", stream: false, options: { num_predict: 2 } };
      expect((await ask(target, { path: "/api/generate", body: short })).status).toBe(200);
      await untilTraces(dataDir, 1);
      await router.kill();
      await until({ what: "the agent is gone", look: () => !children.some(isRunning), withinMs: 5_000 });
      expect(storedTraces(dataDir)).toHaveLength(1);
    }));
});

describe.concurrent("an agent that is asked to end", { timeout: TIMEOUT_MS }, () => {
  /** Two streams through the gateway of a machine of its own. */
  function withStreams(
    context: TestContext,
    tokens: number,
    happens: (scene: {
      readonly agent: Program;
      readonly ends: () => Promise<readonly string[]>;
      readonly fleet: ProcessFleet;
    }) => Promise<void>,
  ): Promise<void> {
    context.skip(whyNot !== undefined, whyNot);
    return withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const places = await onMachines(cleanup, { nodes: 1, folder });
      const fleet = await startProcessFleet(cleanup, { places, folder, parallel: 2, ollamaFlags });
      const [node] = fleet.nodes;
      if (node === undefined) throw new Error("a fleet of one has a node");
      const crowd = startCrowd(fleet.target, { size: 2, model: MODEL, tokens });
      await Promise.all(crowd.map(({ call }) => call.firstByte));
      const ends = () => Promise.all(crowd.map(async ({ call, dialect }) => streamEndOf(dialect, await call.reply)));
      await happens({ agent: node.agent, ends, fleet });
    });
  }

  test("by two signals in one moment, as a terminal and a parent send them, lets its calls finish", (context) =>
    withStreams(context, 60, async ({ agent, ends, fleet }) => {
      agent.signal("SIGINT");
      agent.signal("SIGINT");
      agent.signal("SIGTERM");
      await until({
        what: "the router knows that it leaves",
        look: async () => (await nodeView(fleet.target, "node-a"))?.is_draining === true,
        withinMs: 3_000,
      });
      expect(await ends()).toEqual(["whole", "whole"]);
      expect(await within("the end", 5_000, agent.ended)).toBe(0);
    }));

  test("a second time, by whatever signal, ends at once and its streams are told so", (context) =>
    withStreams(context, 4_000, async ({ agent, ends }) => {
      agent.signal("SIGINT");
      await pause(400);
      agent.signal("SIGTERM");
      expect(await within("the end", 2_000, agent.ended)).toBe(0);
      expect(await ends()).toEqual(["told-error", "told-error"]);
    }));
});
