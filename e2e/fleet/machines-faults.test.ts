import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, type TestContext, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { startCrowd, streamEndOf } from "../support/clients/crowd.ts";
import { ask, openCall } from "../support/clients/http-call.ts";
import { whyNoNamespaces } from "../support/fleets/lan.ts";
import { type MachinePlaces, onMachines } from "../support/fleets/places.ts";
import {
  fleetStatus,
  nodeView,
  type ProcessFleet,
  startProcessFleet,
  untilStatus,
} from "../support/fleets/process-fleet.ts";
import { untilQueue } from "../support/fleets/queue.ts";
import { setFault } from "../support/fleets/simulated-control.ts";
import { startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until, within } from "../support/until.ts";

const TIMEOUT_MS = 120_000;
const MODEL = "demo-chat:8b";
const short = { model: MODEL, prompt: "Hello", stream: false, options: { num_predict: 3 } };
const whyNot = whyNoNamespaces();

interface Scene {
  readonly cleanup: Cleanup;
  readonly folder: string;
  readonly places: MachinePlaces;
  readonly fleet: ProcessFleet;
}

/** A fleet on machines of its own, gone afterwards; skipped with a reason where there can be none. */
function withFleet(context: TestContext, nodes: number, happens: (scene: Scene) => Promise<void>): Promise<void> {
  return withOllamas(context, { nodes, flags: ["--load", MODEL, "--decode", "40"] }, happens);
}

function withOllamas(
  context: TestContext,
  { nodes, flags }: { readonly nodes: number; readonly flags: readonly string[] },
  happens: (scene: Scene) => Promise<void>,
): Promise<void> {
  context.skip(whyNot !== undefined, whyNot);
  return withCleanup(async (cleanup) => {
    const folder = tempFolder(cleanup);
    const places = await onMachines(cleanup, { nodes, folder });
    const ollamaFlags = ["--model", `${MODEL}:4.9`, ...flags];
    const fleet = await startProcessFleet(cleanup, { places, folder, parallel: 2, ollamaFlags });
    await happens({ cleanup, folder, places, fleet });
  });
}

describe.concurrent("a fleet on machines of its own", { timeout: TIMEOUT_MS }, () => {
  test("a machine that vanishes without a word: what had no byte moves on, what had begun is told, within 25 s", (context) =>
    withFleet(context, 2, async ({ places, fleet }) => {
      const { target } = fleet;
      const long = startCrowd(target, { size: 2, model: MODEL, tokens: 5_000 });
      await Promise.all(long.map(({ call }) => call.firstByte));
      const onLost = long.find(({ call }) => call.node() === "node-a");
      const onOther = long.find(({ call }) => call.node() === "node-b");
      if (onLost === undefined || onOther === undefined) throw new Error("one of two streams is on each node");
      const ollama = await places.reach(0, "127.0.0.1", 11_434);
      await setFault(ollama, { kind: "hang" });
      const mute = Array.from({ length: 2 }, () => openCall(target, { path: "/api/generate", body: short }));
      const look = async () => (await fleetStatus(target)).queues[`node-a:${MODEL}`]?.in_flight === 2;
      await until({ what: "a request waits on node-a for its first byte", look, withinMs: 10_000 });
      await places.machines[0]?.unplug();
      const since = performance.now();
      const replies = await Promise.all(mute.map(({ reply }) => reply));
      const movedAfterMs = performance.now() - since;
      expect(replies.map(({ status, headers }) => [status, headers["x-fleet-node"]])).toEqual([
        [200, "node-b"],
        [200, "node-b"],
      ]);
      expect(replies.filter(({ headers }) => headers["x-fleet-retries"] === "1")).toHaveLength(1);
      const told = await onLost.call.reply;
      const toldAfterMs = performance.now() - since;
      expect(streamEndOf(onLost.dialect, told)).toBe("told-error");
      expect(Math.max(movedAfterMs, toldAfterMs)).toBeLessThan(25_000);
      expect(onOther.call.isOver()).toBe(false);
      onOther.call.leave();
      await places.machines[0]?.plug();
      await untilStatus(target, { id: "node-a", status: "online", withinMs: 10_000 });
    }));

  test("a machine that vanishes while it loads may load again when it is back", (context) =>
    // A load of about a hundred seconds.
    withOllamas(context, { nodes: 1, flags: ["--disk", "50000000"] }, async ({ places, fleet }) => {
      const { target } = fleet;
      const first = openCall(target, { path: "/api/generate", body: short });
      await untilQueue(target, { in_flight: 1 });
      await places.machines[0]?.unplug();
      await untilQueue(target, { in_flight: 0, held: 1, withinMs: 25_000 });
      first.leave();
      await places.machines[0]?.plug();
      await untilStatus(target, { id: "node-a", status: "online", withinMs: 10_000 });
      const again = openCall(target, { path: "/api/generate", body: short });
      await untilQueue(target, { in_flight: 1, pending: 0 });
      again.leave();
    }));

  test("a cable that is out for two seconds costs nothing", (context) =>
    withFleet(context, 1, async ({ places, fleet }) => {
      const crowd = startCrowd(fleet.target, { size: 2, model: MODEL, tokens: 150 });
      await Promise.all(crowd.map(({ call }) => call.firstByte));
      await places.machines[0]?.unplug();
      await pause(2_000);
      await places.machines[0]?.plug();
      const replies = await Promise.all(crowd.map(({ call }) => call.reply));
      expect(replies.map((reply, at) => streamEndOf(crowd[at]?.dialect ?? "ollama", reply))).toEqual([
        "whole",
        "whole",
      ]);
    }));

  test("an agent that is told to end: what runs there finishes, what comes goes elsewhere", (context) =>
    withFleet(context, 2, async ({ fleet }) => {
      const { target } = fleet;
      const crowd = startCrowd(target, { size: 4, model: MODEL, tokens: 80 });
      await Promise.all(crowd.map(({ call }) => call.firstByte));
      const [leaving] = fleet.nodes;
      leaving?.agent.signal("SIGTERM");
      await until({
        what: "node-a drains",
        look: async () => (await nodeView(target, "node-a"))?.is_draining,
        withinMs: 2_000,
      });
      const later = startCrowd(target, { size: 6, model: MODEL, tokens: 5 });
      const laterReplies = await Promise.all(later.map(({ call }) => call.reply));
      expect(laterReplies.map(({ status, headers }) => [status, headers["x-fleet-node"]])).toEqual(
        later.map(() => [200, "node-b"]),
      );
      const replies = await Promise.all(crowd.map(({ call }) => call.reply));
      expect(replies.map((reply, at) => streamEndOf(crowd[at]?.dialect ?? "ollama", reply))).toEqual(
        crowd.map(() => "whole"),
      );
      expect(await within("the agent's end", 5_000, leaving?.agent.ended ?? Promise.resolve(-1))).toBe(0);
    }));

  test.for([
    ["keeps its data folder", false],
    ["has lost its data folder", true],
  ] as const)(
    "a router that is killed, comes back and %s: agents rejoin within 15 s, early requests wait",
    ([, hasLostFolder], context) =>
      withFleet(context, 2, async ({ fleet }) => {
        const { target } = fleet;
        const crowd = startCrowd(target, { size: 4, model: MODEL, tokens: 500 });
        await Promise.all(crowd.map(({ call }) => call.firstByte));
        await fleet.router.kill();
        const ends = await Promise.all(crowd.map(({ call }) => call.reply));
        expect(ends.map(({ endedBy }) => endedBy)).toEqual(crowd.map(() => "cut"));
        if (hasLostFolder) rmSync(fleet.dataDir, { recursive: true });
        await fleet.startRouter();
        const since = performance.now();
        const early = ask(target, { path: "/api/generate", body: short });
        const unknown = ask(target, { path: "/api/generate", body: { ...short, model: "nobody-has-this" } });
        await Promise.all(fleet.nodes.map(({ id }) => untilStatus(target, { id, status: "online", withinMs: 15_000 })));
        expect(performance.now() - since).toBeLessThan(15_000);
        expect((await early).status).toBe(200);
        const refused = await unknown;
        expect([refused.status, refused.text]).toEqual([404, `{"error":"model 'nobody-has-this' not found"}`]);
        // The time of grace began when the router started, a little before it said that it listens.
        expect(performance.now() - since).toBeGreaterThan(13_000);
        const ids = (await fleetStatus(target)).nodes.map(({ node_id }) => node_id);
        expect(ids.toSorted()).toEqual(["node-a", "node-b"]);
      }),
  );

  test.for([
    ["an hour ahead", 3_600],
    ["a day behind", -86_400],
  ] as const)("a node whose clock is %s serves like any other, and is told so", ([, aheadS], context) =>
    withFleet(context, 1, async ({ cleanup, folder, places, fleet }) => {
      await fleet.nodes[0]?.agent.kill();
      const settings = {
        ...{ nodeId: "node-a", ollamaHost: "http://127.0.0.1:11434", routerUrl: fleet.routerUrl, heartbeatInterval: 5 },
        ...{ gatewayPort: 11_433, gatewayHost: "0.0.0.0", backends: [], dataDir: join(folder, "node-a") },
        ...{ logLevel: "INFO", consoleLogLevel: "INFO" },
      };
      const flags = [String(aheadS), JSON.stringify(settings)];
      const skewed = startProgram({ name: "skewed-agent", flags, prefix: places.nodes[0]?.prefix ?? [] });
      cleanup.add(skewed.kill);
      await skewed.printed(/Joined as node-a/);
      const look = async () =>
        (await nodeView(fleet.target, "node-a"))?.findings?.find(({ id }) => id === "clock_skew");
      expect((await until({ what: "the finding", look, withinMs: 10_000 })).text).toContain(`${aheadS} s`);
      // Longer than a heartbeat's period: later ones are accepted, too.
      for (let second = 0; second < 8; second += 1) {
        const { status, headers } = await ask(fleet.target, { path: "/api/generate", body: short });
        expect([status, headers["x-fleet-retries"]]).toEqual([200, undefined]);
        await pause(1_000);
      }
      const view = await nodeView(fleet.target, "node-a");
      expect(view).toMatchObject({ status: "online", reached_by: "gateway" });
      expect(view?.last_heartbeat_ago_s).toBeLessThan(6);
    }),
  );
});
