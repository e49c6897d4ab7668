import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Fault, faultTexts } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup, withCleanup } from "../support/cleanup.ts";
import { streamEndOf } from "../support/clients/crowd.ts";
import { ask, askJson, type Reply, type Target } from "../support/clients/http-call.ts";
import { type LocalFleet, startLocalAgent, startLocalFleet, startLocalRouter } from "../support/fleets/local-fleet.ts";
import { nodeView } from "../support/fleets/process-fleet.ts";
import { smallModel } from "../support/fleets/small-model.ts";
import { storedAttempts, untilTraces } from "../support/fleets/stored-traces.ts";
import { until, within } from "../support/until.ts";

interface Case {
  readonly title: string;
  readonly fault: Fault;
  readonly failureClass: string;
  /** The model is in memory on the first node; where it is not, it has to be loaded on either. */
  readonly isLoaded: boolean;
}

const loaded = (title: string, fault: Fault, failureClass: string): Case => ({
  title,
  fault,
  failureClass,
  isLoaded: true,
});
const cases: readonly Case[] = [
  loaded("refuses connections", { kind: "refuse" }, "unreachable"),
  loaded("resets the connection of a request", { kind: "refuse", times: 1 }, "unreachable"),
  loaded("answers 500 with the words of a dead runner", { kind: "http-500" }, "node-fault"),
  loaded("cuts before the first byte", { kind: "cut-mid-stream", afterRecords: 0, how: "fin" }, "unreachable"),
  loaded("resets before the first byte", { kind: "cut-mid-stream", afterRecords: 0, how: "reset" }, "unreachable"),
  loaded("is too busy", { kind: "busy-503" }, "busy"),
  {
    title: "has no memory for the model",
    fault: { kind: "load-failure", failure: "out-of-memory" },
    failureClass: "load-failure",
    isLoaded: false,
  },
  {
    title: "cannot start the runner",
    fault: { kind: "load-failure", failure: "runner-died" },
    failureClass: "load-failure",
    isLoaded: false,
  },
  { title: "refuses connections for a load", fault: { kind: "refuse" }, failureClass: "unreachable", isLoaded: false },
];
/** Only the first node has it: an answer in it tells that the node works again. */
const HEALING = "healing:3b";
const nameOf = (at: number): string => `case-${at}:3b`;

describe("an attempt that fails before its first byte", () => {
  const cleanup = createCleanup();
  let fleet: LocalFleet;
  beforeAll(async () => {
    const models = [smallModel(HEALING), ...cases.map((_, at) => smallModel(nameOf(at)))];
    const machine = { vramBytes: 80 * 2 ** 30, memoryBytes: 256 * 2 ** 30 };
    const onFirst = cases.flatMap(({ isLoaded }, at) => (isLoaded ? [nameOf(at)] : []));
    const node = { models, machine, maxLoadedModels: 50 };
    const second = { ...node, models: models.slice(1) };
    fleet = await startLocalFleet(cleanup, { nodes: [{ ...node, loaded: onFirst }, second], heartbeatS: 1 });
  });
  afterAll(() => cleanup.run());

  test.each(cases.map((one, at) => [one.title, one, at] as const))(
    "on a node that %s moves to the other, and is told",
    async (_title, { fault, failureClass }, at) => {
      const { target, nodes, dataDir } = fleet;
      const [first, second] = nodes;
      const model = nameOf(at);
      first?.ollama.setFault(fault);
      const isStream = at % 2 === 0;
      const body = {
        model,
        messages: [{ role: "user", content: "Hi" }],
        stream: isStream,
        options: { num_predict: 3 },
      };
      const reply = await ask(target, { path: "/api/chat", body, headers: { "x-request-id": `retry-${at}` } });
      first?.ollama.setFault(undefined);
      expect([reply.status, reply.headers["x-fleet-node"], reply.headers["x-fleet-retries"]]).toEqual([
        200,
        second?.id,
        "1",
      ]);
      expect(streamEndOf("ollama", reply)).toBe("whole");
      const traces = (await untilTraces(dataDir, 2 * at + 1)).filter(({ request_id }) => request_id === `retry-${at}`);
      expect(traces).toMatchObject([{ status: "completed", node_id: second?.id, retry_count: 1, error_message: null }]);
      expect(storedAttempts(dataDir, `retry-${at}`)).toMatchObject([
        { node_id: first?.id, failure_class: failureClass },
        { node_id: second?.id, failure_class: null },
      ]);
      const told = await askJson<{ attempts: readonly object[] }>(target, { path: `/fleet/decisions/retry-${at}` });
      expect(told.attempts).toHaveLength(2);
      // A success closes the breaker for the next case.
      const look = async () => (await nodeView(target, "node-a"))?.backends[0]?.state === "reachable";
      await until({ what: "node-a is back", look, withinMs: 5_000 });
      const healed = await ask(target, {
        path: "/api/generate",
        body: { model: HEALING, prompt: "Hi", stream: false },
      });
      expect([healed.status, healed.headers["x-fleet-node"]]).toEqual([200, "node-a"]);
    },
  );
});

describe.concurrent("a request that fails everywhere", () => {
  const withTwo = (
    faults: readonly Fault[],
    happens: (reply: Reply, fleet: LocalFleet) => Promise<void>,
    environment = {},
  ) =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b")];
      const fleet = await startLocalFleet(cleanup, {
        nodes: faults.map(() => ({ models, loaded: ["one:3b"] })),
        environment,
      });
      for (const [at, fault] of faults.entries()) fleet.nodes[at]?.ollama.setFault(fault);
      const body = { model: "one:3b", prompt: "Hi", stream: false };
      await happens(await ask(fleet.target, { path: "/api/generate", body }), fleet);
    });

  test("by the nodes' own fault gets the last one's own words", () =>
    withTwo([{ kind: "http-500" }, { kind: "http-500" }], async (reply, { dataDir }) => {
      expect([reply.status, JSON.parse(reply.text)]).toEqual([500, { error: faultTexts.runnerStopped }]);
      expect(reply.headers["x-fleet-retries"]).toBe("1");
      expect(await untilTraces(dataDir, 1)).toMatchObject([{ status: "failed", retry_count: 1 }]);
    }));

  test("because all are busy gets the last one's own words", () =>
    withTwo([{ kind: "busy-503" }, { kind: "busy-503" }], async (reply) => {
      expect([reply.status, JSON.parse(reply.text)]).toEqual([503, { error: faultTexts.queueFull }]);
    }));

  test("because nobody can load the model gets the last one's own words", () =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b")];
      const fleet = await startLocalFleet(cleanup, { nodes: [{ models }, { models }] });
      for (const { ollama } of fleet.nodes) ollama.setFault({ kind: "load-failure", failure: "out-of-memory" });
      const body = { model: "one:3b", prompt: "Hi", stream: false };
      const reply = await ask(fleet.target, { path: "/api/generate", body });
      expect([reply.status, JSON.parse(reply.text)]).toEqual([500, { error: faultTexts.load["out-of-memory"] }]);
    }));

  test("because nobody is there is held, and then told to come again", () =>
    withTwo(
      // Every request is reset, while the agents find their Ollama well.
      [
        { kind: "refuse", times: 1_000 },
        { kind: "refuse", times: 1_000 },
      ],
      async (reply, { dataDir }) => {
        expect([reply.status, JSON.parse(reply.text)]).toEqual([
          503,
          { error: "no node that has 'one:3b' could be reached" },
        ]);
        expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
        const [trace] = await untilTraces(dataDir, 1);
        expect(trace).toMatchObject({ status: "failed" });
        expect(storedAttempts(dataDir, trace?.request_id ?? "").length).toBeGreaterThanOrEqual(2);
      },
      { FLEET_HOLDING_S: "2" },
    ));

  test("is served when one of them comes back in time", () =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b")];
      const nodes = [
        { models, loaded: ["one:3b"] },
        { models, loaded: ["one:3b"] },
      ];
      const fleet = await startLocalFleet(cleanup, { nodes, heartbeatS: 1 });
      for (const { ollama } of fleet.nodes) await ollama.kill();
      const asked = ask(fleet.target, {
        path: "/api/generate",
        body: { model: "one:3b", prompt: "Hi", stream: false },
      });
      const held = async () => (await askJson<{ held: number }>(fleet.target, { path: "/fleet/queue" })).held === 1;
      await until({ what: "the request is held", look: held, withinMs: 5_000 });
      await fleet.nodes[1]?.ollama.listenAgain();
      const reply = await asked;
      expect([reply.status, reply.headers["x-fleet-node"]]).toEqual([200, "node-b"]);
    }));
});

describe.concurrent("a node that says nothing at all", () => {
  const withTwo = (fault: Fault, happens: (fleet: LocalFleet) => Promise<void>) =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b")];
      const nodes = [{ models, loaded: ["one:3b"] }, { models }];
      const fleet = await startLocalFleet(cleanup, { nodes, environment: { FLEET_STALL_CAP_S: "3" } });
      fleet.nodes[0]?.ollama.setFault(fault);
      await happens(fleet);
    });

  test("for longer than the cap loses its request to the other", () =>
    withTwo({ kind: "hang" }, async ({ target, dataDir, nodes }) => {
      const body = { model: "one:3b", prompt: "Hi", stream: false };
      const reply = await ask(target, { path: "/api/generate", body, headers: { "x-request-id": "stalled" } });
      expect([reply.status, reply.headers["x-fleet-node"], reply.headers["x-fleet-retries"]]).toEqual([
        200,
        "node-b",
        "1",
      ]);
      await untilTraces(dataDir, 1);
      expect(storedAttempts(dataDir, "stalled")).toMatchObject([{ failure_class: "stall" }, { failure_class: null }]);
      const stalled = nodes[0]?.ollama.received.find(({ path }) => path === "/api/generate");
      expect(stalled?.closedByClientAt).toBeDefined();
    }));

  test("any more in the middle of its answer ends with an error record", () =>
    withTwo({ kind: "hang", afterRecords: 2 }, async ({ target, dataDir }) => {
      const reply = await ask(target, { path: "/api/generate", body: { model: "one:3b", prompt: "Hi" } });
      expect(streamEndOf("ollama", reply)).toBe("told-error");
      expect(await untilTraces(dataDir, 1)).toMatchObject([{ status: "incomplete", node_id: "node-a" }]);
    }));
});

describe.concurrent("a model that its only node has lost since it last reported", () => {
  const words = JSON.stringify({ error: "model 'gone:1b' not found" });
  const withForgetfulNode = (happens: (target: Target) => Promise<void>) =>
    withCleanup(async (cleanup) => {
      const lists = new Map([
        [
          "/api/tags",
          { models: [{ name: "gone:1b", model: "gone:1b", size: 5, digest: "a".repeat(64), details: {} }] },
        ],
        ["/api/ps", { models: [] }],
        ["/api/version", { version: "0.24.0" }],
      ]);
      const server = createServer((request, response) => {
        const list = lists.get(request.url ?? "");
        request.resume().once("end", () => {
          response.writeHead(list === undefined ? 404 : 200, { "content-type": "application/json; charset=utf-8" });
          response.end(list === undefined ? words : JSON.stringify(list));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      cleanup.add(() => {
        server.close();
        server.closeAllConnections();
      });
      const { port } = server.address() as AddressInfo;
      const router = await startLocalRouter(cleanup, { FLEET_START_GRACE_S: "0" });
      const ollamaUrl = `http://127.0.0.1:${port}`;
      await startLocalAgent(cleanup, { id: "node-a", routerUrl: router.url, ollamaUrl, beatS: 1 });
      await happens(router.target);
    });

  const inOpenAi = `{"error":{"message":"model 'gone:1b' not found","type":"not_found_error","param":null,"code":null}}\n`;

  test.for([
    ["/api/chat", { model: "gone:1b", messages: [{ role: "user", content: "Hi" }] }],
    ["/api/generate", { model: "gone:1b", prompt: "Hi" }],
    ["/api/show", { model: "gone:1b" }],
    ["/v1/chat/completions", { model: "gone:1b", messages: [{ role: "user", content: "Hi" }] }],
  ] as const)("gets the node's own 404 on %s at once", ([path, body]) =>
    withForgetfulNode(async (target) => {
      const reply = await within("the answer", 2_000, ask(target, { path, body }));
      // The router's own load meets it first; who speaks another dialect is told in that one.
      expect([reply.status, reply.text]).toEqual([404, path.startsWith("/v1/") ? inOpenAi : words]);
    }),
  );
});

describe.concurrent("an answer that breaks after its first byte", () => {
  const breaks: readonly (readonly [string, Fault])[] = [
    ["is cut", { kind: "cut-mid-stream", afterRecords: 3, how: "fin" }],
    ["is reset", { kind: "cut-mid-stream", afterRecords: 3, how: "reset" }],
    ["tells an error", { kind: "error-record-mid-stream", afterRecords: 3 }],
    ["ends without its last record", { kind: "end-without-done", afterRecords: 3 }],
  ];
  test.for(breaks)("and %s ends with an error record in either dialect, and is not tried again", ([, fault]) =>
    withCleanup(async (cleanup) => {
      const models = [smallModel("one:3b")];
      const nodes = [
        { models, loaded: ["one:3b"] },
        { models, loaded: ["one:3b"] },
      ];
      const fleet = await startLocalFleet(cleanup, { nodes });
      for (const { ollama } of fleet.nodes) ollama.setFault(fault);
      const messages = [{ role: "user", content: "Hi" }];
      const native = await ask(fleet.target, { path: "/api/chat", body: { model: "one:3b", messages } });
      expect(streamEndOf("ollama", native)).toBe("told-error");
      const events = await ask(fleet.target, {
        path: "/v1/chat/completions",
        body: { model: "one:3b", messages, stream: true },
      });
      expect(streamEndOf("openai", events)).toBe("told-error");
      expect(await untilTraces(fleet.dataDir, 2)).toMatchObject([
        { status: "incomplete", retry_count: 0 },
        { status: "incomplete", retry_count: 0 },
      ]);
      const used = fleet.nodes.flatMap(({ ollama }) => ollama.received.filter(({ path }) => /chat/.test(path)));
      expect(used).toHaveLength(2);
    }),
  );

  test("with a told length is cut, never ended as if it were whole", () =>
    withCleanup(async (cleanup) => {
      const fleet = await startLocalFleet(cleanup, { nodes: [{ models: [smallModel("one:3b")], loaded: ["one:3b"] }] });
      fleet.nodes[0]?.ollama.setFault({ kind: "truncate-content-length" });
      const body = { model: "one:3b", prompt: "Hi", stream: false, options: { num_predict: 50 } };
      const reply = await ask(fleet.target, { path: "/api/generate", body });
      expect([reply.status, reply.endedBy]).toEqual([200, "cut"]);
      expect(reply.body.length).toBeGreaterThan(0);
      expect(await untilTraces(fleet.dataDir, 1)).toMatchObject([{ status: "incomplete" }]);
    }));
});
