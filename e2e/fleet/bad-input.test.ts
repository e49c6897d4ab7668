import { connect } from "node:net";
import { heartbeatExamples } from "@herd/shared";
import { recordedModels } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { ask, askJson } from "../support/clients/http-call.ts";
import { createForgedAgent, postHeartbeat } from "../support/fleets/forged-agent.ts";
import { type LocalFleet, startLocalFleet } from "../support/fleets/local-fleet.ts";
import { fleetStatus, nodeView } from "../support/fleets/process-fleet.ts";
import { recordedHeader, recordingsOf, replyBytes, requestBytes } from "../support/programs/recordings.ts";
import { until, within } from "../support/until.ts";

const MODEL = "smollm2:135m";
const chat = (model: unknown) => ({ model, messages: [{ role: "user", content: "Hello" }], stream: false });

describe("a router that is sent nonsense", () => {
  const cleanup = createCleanup();
  let fleet: LocalFleet;
  beforeAll(async () => {
    const environment = { FLEET_START_GRACE_S: "0", FLEET_MAX_BODY_MB: "12", FLEET_MAX_HELD_MB: "16" };
    fleet = await startLocalFleet(cleanup, { nodes: [{ models: models() }], environment });
  });
  afterAll(() => cleanup.run());

  /** Whatever a test did: requests are still served. */
  const expectAlive = async () =>
    expect((await ask(fleet.target, { path: "/api/chat", body: chat(MODEL) })).status).toBe(200);

  describe("instead of a request", () => {
    // Those of a node's own Host, Origin and cloud switches say nothing about a fleet.
    const refused = recordingsOf(["/api/chat", "/api/generate", "/api/show", "/v1/chat/completions"]).filter(
      ({ response: { status }, name }) =>
        status !== null && status >= 400 && status < 500 && !/cloud|^cors-|^host-/.test(name),
    );

    test.each(refused.map((recording) => [recording.name, recording] as const))(
      "answers %s as Ollama does, byte for byte",
      async (_name, recording) => {
        const { request, response } = recording;
        const type = recordedHeader(request.headers, "content-type");
        const headers = type === undefined ? {} : { "content-type": type };
        const reply = await ask(fleet.target, {
          method: "POST",
          path: request.path,
          headers,
          body: requestBytes(recording),
        });
        expect([reply.status, reply.text]).toEqual([response.status, replyBytes(recording).toString()]);
        expect(reply.headers["content-type"]).toBe(recordedHeader(response.headers, "content-type"));
      },
    );

    test("tells code and fix of what it refuses itself in headers", async () => {
      const reply = await ask(fleet.target, { path: "/api/chat", body: "{" });
      expect([reply.status, reply.headers["x-herd-error"]]).toEqual([400, "HERD_BAD_REQUEST"]);
      expect(reply.headers["x-herd-hint"]).toMatch(/\w/);
      expect(reply.headers["x-request-id"]).toMatch(/^[\w.-]+$/);
    });

    test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf:latest"])(
      "takes %s for the name of a model that nobody has",
      async (model) => {
        const message = `model '${model}' not found`;
        const native = await ask(fleet.target, { path: "/api/chat", body: JSON.stringify(chat(model)) });
        expect([native.status, JSON.parse(native.text)]).toEqual([404, { error: message }]);
        const shown = await ask(fleet.target, { path: "/api/show", body: JSON.stringify({ model }) });
        expect([shown.status, JSON.parse(shown.text)]).toEqual([404, { error: message }]);
        for (const call of [
          { path: "/v1/chat/completions", body: JSON.stringify(chat(model)) },
          { path: `/v1/models/${model}` },
        ]) {
          const reply = await ask(fleet.target, call);
          expect([reply.status, JSON.parse(reply.text)]).toMatchObject([404, { error: { message } }]);
        }
      },
    );

    test.each(["/api/chat", "/v1/chat/completions"])(
      "refuses a body over the limit on %s in its dialect",
      async (path) => {
        const reply = await ask(fleet.target, { path, body: Buffer.alloc(12 * 2 ** 20 + 1, 0x20) });
        expect([reply.status, reply.headers["x-herd-error"]]).toEqual([413, "HERD_BODY_TOO_LARGE"]);
        const { error } = JSON.parse(reply.text) as { error: string | { message: string } };
        expect(typeof error === "string" ? error : error.message).toBe("the request body is larger than 12 MiB");
      },
    );

    test("refuses a body without a told length as soon as it is over the limit", async () => {
      const answer = await within(
        "the answer",
        5_000,
        sendRaw(fleet.target.port, [
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
          ...Array.from({ length: 200 }, () => `10000\r\n${" ".repeat(0x10000)}\r\n`),
        ]),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      await expectAlive();
    });

    test("asks for patience when all held bodies together pass the bound, and forgets those that leave", async () => {
      const head = "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8380000\r\n\r\n";
      const holders = [1, 2].map(() => connect(fleet.target.port, "127.0.0.1").on("error", () => undefined));
      for (const holder of holders) holder.write(`${head} `);
      const padded = (size: number) => ({
        path: "/api/chat",
        body: `${JSON.stringify(chat(MODEL))}${" ".repeat(size)}`,
      });
      const busy = async () => {
        const reply = await ask(fleet.target, padded(100_000));
        return reply.status === 503 ? reply : undefined;
      };
      const { headers } = await until({ what: "the bound is reached", look: busy, withinMs: 5_000 });
      expect(headers).toMatchObject({ "x-herd-error": "HERD_TOO_MUCH_HELD", "retry-after": "1" });
      for (const holder of holders) holder.destroy();
      const isFree = async () => (await ask(fleet.target, padded(9_000_000))).status === 200;
      await until({ what: "the bytes are free again", look: isFree, withinMs: 5_000 });
    });

    test.each([
      ["no host", "GET / HTTP/1.1\r\n\r\n"],
      ["no request", "GARBAGE\r\n\r\n"],
      ["two lengths", "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}"],
      [
        "a length beside chunks",
        "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ],
      ["a chunk without a size", "POST /api/chat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
      // Go takes a head of 1 MiB.
      ["an endless header", `GET /api/tags HTTP/1.1\r\nHost: a\r\nX-Long: ${"x".repeat(2_000_000)}\r\n\r\n`],
      ["zeros", "\0\0\0\0"],
    ])("survives bytes that are no HTTP: %s", async (_title, bytes) => {
      expect(await within("an answer or an end", 10_000, sendRaw(fleet.target.port, [bytes]))).toMatch(
        /^(HTTP\/1\.1 4\d\d |$)/,
      );
      await expectAlive();
    });

    test("answers a known path with another method as Ollama does", async () => {
      const reply = await ask(fleet.target, { method: "PUT", path: "/api/chat" });
      expect([reply.status, reply.text, reply.headers["allow"]]).toEqual([405, "405 method not allowed", "POST"]);
      const unknown = await ask(fleet.target, { path: "/api/nothing" });
      expect([unknown.status, unknown.text]).toEqual([404, "404 page not found"]);
    });
  });

  describe("instead of a heartbeat", () => {
    const post = (body: string | object) =>
      ask(fleet.target, { path: "/heartbeat", body: typeof body === "string" ? body : JSON.stringify(body) });
    const good = heartbeatExamples.accepted as Readonly<Record<string, unknown>>;
    const refusals: readonly (readonly [string, string | object, string])[] = [
      ["no JSON", "{", "(body)"],
      ["nothing", "", "(body)"],
      ["a list", [], "(body)"],
      ["null", "null", "(body)"],
      ["no node id", { ...good, node_id: undefined }, "node_id"],
      ["an empty node id", { ...good, node_id: " " }, "node_id"],
      ["a node id with a line end", { ...good, node_id: "a\nb" }, "node_id"],
      ["a node id of 200 characters", { ...good, node_id: "x".repeat(200) }, "node_id"],
      ["a number as node id", { ...good, node_id: 7 }, "node_id"],
      ["no cpu", { ...good, cpu: null }, "cpu"],
      ["more cpu than there is", { ...good, cpu: { cores_physical: 8, utilization_pct: 101 } }, "cpu.utilization_pct"],
      ["half a core", { ...good, cpu: { cores_physical: 0.5, utilization_pct: 1 } }, "cpu.cores_physical"],
      ["negative memory", { ...good, memory: { total_gb: -1, used_gb: 0, available_gb: 0 } }, "memory.total_gb"],
      ["memory as text", { ...good, memory: { total_gb: "32", used_gb: 0, available_gb: 0 } }, "memory.total_gb"],
      [
        "memory beyond all numbers",
        JSON.stringify(good).replace('"total_gb":32', '"total_gb":1e999'),
        "memory.total_gb",
      ],
      ["a list as ollama", { ...good, ollama: [] }, "ollama"],
      ["no ollama", { ...good, ollama: undefined }, "ollama"],
      ["a drain notice without a name", { draining: true }, "node_id"],
      ["a drain notice for a prototype", { draining: true, node_id: { toString: "x" } }, "node_id"],
    ];

    test.each(refusals)("refuses one with %s and names the field", async (_title, body, field) => {
      const before = (await fleetStatus(fleet.target)).fleet.nodes_total;
      const reply = await post(body);
      expect(reply.status).toBe(400);
      expect(JSON.parse(reply.text)).toMatchObject({
        code: "HERD_BAD_HEARTBEAT",
        field,
        error: expect.stringContaining(field),
        hint: expect.stringMatching(/\w/),
      });
      expect((await fleetStatus(fleet.target)).fleet.nodes_total).toBe(before);
    });

    const lies: readonly (readonly [string, object])[] = [
      [
        "prototype-names",
        {
          constructor: { prototype: 1 },
          toString: "x",
          hasOwnProperty: false,
          ollama: {
            models_available: ["constructor", "__proto__", "toString"],
            models_available_sizes: { constructor: 5 },
          },
        },
      ],
      [
        "huge-numbers",
        {
          timestamp: 1e300,
          memory_bandwidth_gbps: 1e308,
          ollama: {
            models_available: ["big:1b"],
            models_available_sizes: { "big:1b": 1e308 },
            models_loaded: [{ name: "big:1b", size_gb: 1e308, context_length: 9e15 }],
            num_parallel: 9e15,
          },
        },
      ],
      [
        "wrong-types",
        {
          timestamp: "now",
          gpus: "many",
          power: 5,
          thermal: [],
          gateway: { port: 0 },
          backends: {},
          disk: "big",
          capacity: { mode: 1 },
          ollama: {
            models_available: [1, null, "", {}, "good:1b"],
            models_loaded: [null, 5, { name: 7 }],
            num_parallel: -3,
            version: 9,
          },
        },
      ],
      [
        "odd-names",
        {
          ollama: {
            models_available: [
              "",
              "../../etc/passwd",
              "a\u0000b",
              "x".repeat(10_000),
              "http://evil/x",
              "\u202e:latest",
              "good:1b",
            ],
          },
        },
      ],
      ["bad-urls", { ollama_host: "javascript:alert(1)", lan_ip: "999.1.1.1" }],
      ["bad-port", { ollama_host: "http://127.0.0.1:99999" }],
    ];

    test.each(lies)("takes one that lies (%s) for what is true in it, and nobody else suffers", async (id, fields) => {
      const target = fleet.target;
      const forged = createForgedAgent(target);
      const sealed = await forged.seal({ node_id: id, ...fields });
      const reply = await postHeartbeat(target, sealed);
      expect([reply.status, JSON.parse(reply.text).status]).toEqual([200, "ok"]);
      const view = await nodeView(target, id);
      expect(view?.node_id).toBe(id);
      for (const path of ["/api/tags", "/api/ps", "/api/version", "/v1/models", "/fleet/queue"]) {
        const list = JSON.stringify(await askJson(target, { path }));
        expect(list).not.toMatch(/NaN|Infinity/);
        expect(list).not.toMatch(/"(size|size_vram|created|context_length)":null/);
      }
      await expectAlive();
      expect((await ask(target, { path: `/fleet/nodes/${id}`, method: "DELETE" })).status).toBe(200);
    });

    test("names what it had to drop of one as findings of the node", async () => {
      const sealed = await createForgedAgent(fleet.target).seal({
        node_id: "half",
        gpus: "many",
        power: { source: "wind" },
      });
      await postHeartbeat(fleet.target, sealed);
      const findings = (await nodeView(fleet.target, "half"))?.findings ?? [];
      expect(findings.map(({ text }) => text).join()).toMatch(/gpus .*power\.source /);
    });

    test("refuses one of ten megabytes, and reads one of many models", async () => {
      const big = await post(`{"node_id":"fat","pad":"${"x".repeat(10 * 2 ** 20)}"}`);
      expect([big.status, big.headers["x-herd-error"]]).toEqual([413, "HERD_BODY_TOO_LARGE"]);
      const names = Array.from({ length: 2_000 }, (_, index) => `model-${index}:7b`);
      const many = await createForgedAgent(fleet.target).seal({ node_id: "many", ollama: { models_available: names } });
      expect((await postHeartbeat(fleet.target, many)).status).toBe(200);
      expect((await askJson<{ models: unknown[] }>(fleet.target, { path: "/api/tags" })).models.length).toBeGreaterThan(
        2_000,
      );
      await expectAlive();
    });

    test("nests deeper than any reader likes", async () => {
      const reply = await post(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
      expect(reply.status).toBe(400);
      const deep = await ask(fleet.target, {
        path: "/api/chat",
        body: `{"model":"${MODEL}","messages":${"[".repeat(100_000)}`,
      });
      expect(deep.status).toBe(400);
      await expectAlive();
    });
  });

  test("is still the router that it was", async () => {
    const { nodes } = await fleetStatus(fleet.target);
    expect(nodes.find(({ node_id }) => node_id === "node-a")).toMatchObject({ status: "online" });
    await expectAlive();
  });
});

/** The recorded models, and the variants that were made of one of them. */
function models() {
  const [base] = recordedModels.filter(({ family }) => family === "llama");
  if (base === undefined) throw new Error("the recorded llama is missing");
  const { digest: _digest, ...shared } = base;
  const variants = {
    "smol-sys": [],
    "smol-ctx": [],
    "smol-tools": ["tools"],
    "smol-think": ["thinking"],
    "smol-insert": ["insert"],
  };
  return [
    ...recordedModels,
    ...Object.entries(variants).map(([name, more]) => ({ ...shared, name, capabilities: ["completion", ...more] })),
  ];
}

/** Sends bytes as they are; resolves to what came back until the other side ended. */
function sendRaw(port: number, parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      for (const part of parts) socket.write(part);
    });
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (answer.includes("\r\n\r\n")) socket.end();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
    socket.setTimeout(8_000, () => socket.destroy());
  });
}
