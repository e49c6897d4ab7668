import { createHash } from "node:crypto";
import { recordedModels } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { ask, askJson, type Call, openCall, type Reply } from "../support/clients/http-call.ts";
import { whyNoNamespaces } from "../support/fleets/lan.ts";
import { type LocalFleet, startLocalFleet } from "../support/fleets/local-fleet.ts";
import { onMachines } from "../support/fleets/places.ts";
import { type ProcessFleet, startProcessFleet } from "../support/fleets/process-fleet.ts";
import { recordedHeader, recordingsOf, replyBytes, requestBytes } from "../support/programs/recordings.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const MODEL = "smollm2:135m";
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const SMALL = Buffer.from("small blob for fixtures\n");
const UNKNOWN_DIGEST = `sha256:${"1".repeat(64)}`;

/** A file that Ollama takes for weights. */
function smallGguf(): Buffer {
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const head = Buffer.alloc(24);
  head.write("GGUF");
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(0n, 8);
  head.writeBigUInt64LE(1n, 16);
  const type = Buffer.alloc(4);
  type.writeUInt32LE(8);
  return Buffer.concat([head, text("general.architecture"), type, text("llama")]);
}

describe("models on the disks of a fleet", () => {
  const cleanup = createCleanup();
  let fleet: LocalFleet;
  beforeAll(async () => {
    const environment = { FLEET_START_GRACE_S: "0", FLEET_MAX_BODY_MB: "1", FLEET_TRUSTED_PROXIES: "127.0.0.1" };
    const node = { models: recordedModels, isOffline: true };
    fleet = await startLocalFleet(cleanup, { nodes: [node, node, node], environment });
  });
  afterAll(() => cleanup.run());

  const call = (one: Call): Promise<Reply> => ask(fleet.target, one);
  const remove = (body: object | string): Promise<Reply> => call({ method: "DELETE", path: "/api/delete", body });
  const names = async (): Promise<readonly string[]> => {
    const { models } = await askJson<{ models: { name: string }[] }>(fleet.target, { path: "/api/tags" });
    return models.map(({ name }) => name);
  };
  const disk = async (index: number): Promise<readonly string[]> => {
    const reply = await fetch(`${fleet.nodes[index]?.ollama.url}/api/tags`);
    return ((await reply.json()) as { models: { name: string }[] }).models.map(({ name }) => name);
  };
  const callsOf = (index: number, path: string): readonly string[] =>
    (fleet.nodes[index]?.ollama.received ?? []).filter((one) => one.path.startsWith(path)).map(({ method }) => method);

  describe("one Ollama's own answers", () => {
    const foreign = /cloud-source|^pull-|^host-|^cors-/;
    const notRefused =
      /^(create-from|create-.*-variant|copy$|copy-existing|copy-for-push|delete$|delete-name|delete-loaded|delete-with|push-existing|blob-head-existing|blob-post-created|blob-post-again)/;
    const paths = ["/api/push", "/api/create", "/api/copy", "/api/delete"];
    const refused = recordingsOf(paths).filter(({ name }) => !foreign.test(name) && !notRefused.test(name));

    test.each(refused.map((recording) => [recording.name, recording] as const))("%s", async (_name, recording) => {
      const { request, response } = recording;
      const type = recordedHeader(request.headers, "content-type");
      // What the recorded node had in its store.
      if (recording.name === "create-bad-gguf") await call({ path: `/api/blobs/${digestOf(SMALL)}`, body: SMALL });
      const reply = await call({
        method: request.method,
        path: request.path,
        headers: type === undefined ? {} : { "content-type": type },
        body: requestBytes(recording),
      });
      // A model that nobody has is no file of any node.
      const text = replyBytes(recording)
        .toString()
        .replace(
          /open \/srv\/ollama\/models\/manifests\/(registry.ollama.ai\/library|127.0.0.1:1\/u)\/nope.*latest: no such file or directory/,
          () => {
            const { model } = JSON.parse(requestBytes(recording).toString()) as { model: string };
            return `model '${model}' not found`;
          },
        );
      expect([reply.status, reply.text]).toEqual([response.status, text]);
      expect(reply.headers["content-type"]).toBe(recordedHeader(response.headers, "content-type"));
    });

    test("there is something to compare", () => {
      expect(refused.length).toBeGreaterThan(12);
    });
  });

  test("a copy is made on every node that has the model, and listed before the answer", async () => {
    const reply = await call({ path: "/api/copy", body: { source: MODEL, destination: "everywhere" } });
    expect([reply.status, reply.text, reply.headers["content-length"]]).toEqual([200, "", "0"]);
    expect(reply.headers["x-fleet-nodes"]?.split(", ").toSorted()).toEqual(["node-a", "node-b", "node-c"]);
    expect(await names()).toContain("everywhere:latest");
    for (const index of [0, 1, 2]) expect(await disk(index)).toContain("everywhere:latest");
  });

  test("a deletion reaches every holder, also under another spelling", async () => {
    await call({ path: "/api/copy", body: { source: MODEL, destination: "gone", node_id: "node-b" } });
    expect(await disk(1)).toContain("gone:latest");
    expect(await disk(0)).not.toContain("gone:latest");
    const reply = await remove({ name: "GONE:latest", model: "" });
    expect([reply.status, reply.text, reply.headers["x-fleet-nodes"]]).toEqual([200, "", "node-b"]);
    expect(await names()).not.toContain("gone:latest");
    expect(await disk(1)).not.toContain("gone:latest");
    expect((await remove({ model: "gone" })).status).toBe(404);
  });

  test("the command line's create, cp, rm and stop work as with one Ollama", async () => {
    const created = await call({
      path: "/api/create",
      body: { model: "mine", from: MODEL, system: "Be brief.", name: "" },
    });
    expect(created.text.trim().split("\n").at(-1)).toBe('{"status":"success"}');
    expect(await names()).toContain("mine:latest");
    expect((await call({ path: "/api/copy", body: { source: "mine", destination: "mine2" } })).status).toBe(200);
    for (const name of ["mine", "mine2"]) {
      const shown = await call({ path: "/api/show", body: { model: name, name: "", system: "", verbose: false } });
      expect(shown.status).toBe(200);
      const stop = { model: name, prompt: "", suffix: "", keep_alive: "0s", options: null };
      expect(JSON.parse((await call({ path: "/api/generate", body: stop })).text)).toMatchObject({ done: true });
      expect((await remove({ model: "", name })).status).toBe(200);
      expect((await call({ path: "/api/show", body: { model: name } })).status).toBe(404);
    }
    expect(await names()).not.toContain("mine:latest");
  });

  test("an unload reaches every node that has the model in memory, with one answer, and the list shows it", async () => {
    const bodies = [
      { path: "/api/generate", body: { model: MODEL, keep_alive: 0 } },
      { path: "/api/chat", body: { model: "SMOLLM2:135m", messages: [], keep_alive: "0s" } },
    ];
    for (const { path, body } of bodies) {
      for (const { ollama } of fleet.nodes) {
        await fetch(`${ollama.url}/api/generate`, { method: "POST", body: JSON.stringify({ model: MODEL }) });
        expect(ollama.loadedModels()).toContain(MODEL);
      }
      const reply = await call({ path, body });
      expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
      expect(JSON.parse(reply.text)).toMatchObject({ model: body.model, done: true, done_reason: "unload" });
      expect(fleet.nodes.map(({ ollama }) => ollama.loadedModels())).toEqual([[], [], []]);
      expect(JSON.parse((await call({ path: "/api/ps" })).text)).toEqual({ models: [] });
    }
    const unknown = await call({ path: "/api/chat", body: { model: "nope:1b", messages: [], keep_alive: 0 } });
    expect([unknown.status, unknown.text]).toEqual([404, `{"error":"model 'nope:1b' not found"}`]);
  });

  test("creations at the same time, of one name and of several, all end well", async () => {
    const create = (model: string) => call({ path: "/api/create", body: { model, from: MODEL, stream: false } });
    const replies = await Promise.all(["twin", "twin", "one", "two"].map(create));
    expect(replies.map(({ text }) => text)).toEqual(Array.from({ length: 4 }, () => '{"status":"success"}'));
    expect(await names()).toEqual(expect.arrayContaining(["twin:latest", "one:latest", "two:latest"]));
  });

  test("a creation by name on a node that is named goes there, without that member", async () => {
    const reply = await call({
      path: "/api/create",
      body: { model: "named", node_id: "node-c", from: MODEL, stream: false },
    });
    expect([reply.status, reply.text, reply.headers["x-fleet-node"]]).toEqual([200, '{"status":"success"}', "node-c"]);
    expect(await disk(2)).toContain("named:latest");
    const sent = fleet.nodes[2]?.ollama.received.findLast(({ path }) => path === "/api/create");
    expect(JSON.parse(sent?.body.toString() ?? "")).toEqual({ model: "named", from: MODEL, stream: false });
    const nobody = await call({ path: "/api/create", body: { model: "x", from: MODEL, node_id: "nobody" } });
    expect([nobody.status, nobody.headers["x-herd-error"]]).toEqual([404, "HERD_UNKNOWN_NODE"]);
  });

  describe("files", () => {
    const weights = smallGguf();
    const big = Buffer.alloc(3 * 2 ** 20, "x");
    const as = (agent: string) => ({ "user-agent": agent });
    const upload = (bytes: Uint8Array, headers: Readonly<Record<string, string>>, digest = digestOf(bytes)) =>
      call({ path: `/api/blobs/${digest}`, headers, body: bytes });
    const look = (digest: string, headers: Readonly<Record<string, string>>) =>
      call({ method: "HEAD", path: `/api/blobs/${digest}`, headers });

    test("of one client go to one node, and so does what is created of them", async () => {
      const headers = as("uploader/1");
      expect((await look(digestOf(weights), headers)).status).toBe(404);
      const first = await upload(weights, headers);
      expect([first.status, first.text, first.headers["content-length"]]).toEqual([201, "", "0"]);
      const node = first.headers["x-fleet-node"];
      const second = await upload(big, headers);
      expect([second.status, second.headers["x-fleet-node"]]).toEqual([201, node]);
      expect((await upload(big, headers)).status).toBe(200);
      const there = await look(digestOf(big), headers);
      expect([there.status, there.headers["x-fleet-node"], there.headers["content-length"]]).toEqual([
        200,
        node,
        undefined,
      ]);
      const files = { "model.gguf": digestOf(weights) };
      const created = await call({ path: "/api/create", headers: as("another/2"), body: { model: "uploaded", files } });
      expect([created.text.trim().split("\n").at(-1), created.headers["x-fleet-node"]]).toEqual([
        '{"status":"success"}',
        node,
      ]);
      expect(await names()).toContain("uploaded:latest");
      const index = fleet.nodes.findIndex(({ id }) => id === node);
      expect(await disk(index)).toContain("uploaded:latest");
    });

    test("that a client named a node for go there", async () => {
      const reply = await upload(Buffer.from("for c"), { ...as("named/1"), "x-herd-node": "node-c" });
      expect([reply.status, reply.headers["x-fleet-node"]]).toEqual([201, "node-c"]);
      const nobody = await upload(Buffer.from("for d"), { ...as("named/1"), "x-herd-node": "node-d" });
      expect([nobody.status, nobody.headers["x-herd-error"]]).toEqual([404, "HERD_UNKNOWN_NODE"]);
    });

    test("that nobody has are missed in Ollama's own words", async () => {
      const reply = await call({ path: "/api/create", body: { model: "zz", files: { "a.gguf": UNKNOWN_DIGEST } } });
      expect(reply.status).toBe(200);
      expect(reply.text).toMatch(/"error":"open .*no such file or directory"/);
      expect(reply.headers["x-herd-hint"]).toMatch(/upload them again/);
    });

    test("with a wrong or malformed digest are refused as by one Ollama", async () => {
      const wrong = await upload(SMALL, as("w/1"), `sha256:${"2".repeat(64)}`);
      const [recorded] = recordingsOf([`/api/blobs/sha256:${"2".repeat(64)}`]);
      expect([wrong.status, wrong.text]).toEqual([400, recorded === undefined ? "" : replyBytes(recorded).toString()]);
      for (const digest of ["xyz", "sha256:12", "..%5c..%5cetc", `sha512:${"1".repeat(64)}`]) {
        const reply = await upload(Buffer.from("x"), as("w/1"), digest);
        expect([reply.status, reply.text]).toEqual([400, '{"error":"invalid digest format"}']);
        const head = await look(digest, as("w/1"));
        expect([head.status, head.headers["content-length"]]).toEqual([400, "33"]);
      }
    });

    test("have no other methods, and those that change something are not for callers elsewhere", async () => {
      const get = await call({ path: `/api/blobs/${UNKNOWN_DIGEST}` });
      expect([get.status, get.text, get.headers["allow"]]).toEqual([405, "405 method not allowed", "HEAD, POST"]);
      const others = [
        [{ method: "POST", path: "/api/delete" }, "DELETE"],
        [{ method: "GET", path: "/api/create" }, "POST"],
        [{ method: "HEAD", path: "/api/status" }, "GET"],
        [{ method: "POST", path: "/api/user/keys/abc" }, "DELETE"],
        [{ method: "GET", path: "/api/me" }, "POST"],
      ] as const;
      for (const [wrong, allow] of others) {
        const reply = await call(wrong);
        expect([reply.status, reply.headers["allow"]]).toEqual([405, allow]);
      }
      const elsewhere = { "x-forwarded-for": "192.168.7.9" };
      const changing = [
        { method: "DELETE", path: "/api/delete", body: { model: MODEL } },
        { path: "/api/copy", body: { source: MODEL, destination: "x" } },
        { path: "/api/create", body: { model: "x", from: MODEL } },
        { path: "/api/push", body: { model: MODEL } },
        { path: `/api/blobs/${digestOf(weights)}`, body: weights },
        { method: "HEAD", path: `/api/blobs/${digestOf(weights)}` },
        { method: "POST", path: "/api/signout" },
        { method: "DELETE", path: "/api/user/keys/abc" },
      ];
      for (const one of changing) {
        const reply = await call({ ...one, headers: elsewhere });
        expect([one.path, reply.status, reply.headers["x-herd-error"]]).toEqual([one.path, 403, "HERD_ADMIN_ONLY"]);
      }
      expect((await call({ path: "/api/status", headers: elsewhere })).status).toBe(200);
    });

    test("that a client stops sending are stopped on the node", async () => {
      const open = openCall(fleet.target, {
        path: `/api/blobs/${UNKNOWN_DIGEST}`,
        headers: { ...as("leaver/1"), "content-length": "1000000" },
        body: Buffer.alloc(10_000),
      });
      const node = () => fleet.nodes.find(({ ollama }) => ollama.inFlight() > 0);
      await until({ what: "the upload has begun", look: async () => node() !== undefined, withinMs: 10_000 });
      const taken = node();
      open.leave();
      await until({ what: "the upload has ended", look: async () => taken?.ollama.inFlight() === 0, withinMs: 10_000 });
      expect((await call({ path: "/api/tags" })).status).toBe(200);
    });
  });

  test("what any node can tell about accounts and the cloud is told", async () => {
    const get = async (path: string) => (await call({ path })).text;
    expect(await get("/api/status")).toBe('{"cloud":{"disabled":true,"source":"env"}}');
    expect(JSON.parse(await get("/api/experimental/model-recommendations"))).toHaveProperty("recommendations");
    const me = await call({ method: "POST", path: "/api/me" });
    expect([me.status, me.text]).toEqual([503, '{"error":"account unavailable"}']);
    const out = await call({ method: "POST", path: "/api/signout" });
    expect([out.status, out.text]).toEqual([500, '{"error":"there was an error signing out"}']);
    const search = await call({
      path: "/api/experimental/web_search",
      body: { query: "x" },
      headers: { authorization: "Bearer mine" },
    });
    expect([search.status, search.text]).toEqual([
      403,
      '{"error":"ollama cloud is disabled: web search is unavailable"}',
    ]);
    const sent = fleet.nodes.flatMap(({ ollama }) => ollama.received).filter(({ path }) => path.includes("web_search"));
    expect(sent.length).toBeGreaterThan(0);
    expect(JSON.stringify(sent.map(({ headers }) => headers)).toLowerCase()).not.toContain("authorization");
    const empty = await call({ method: "POST", path: "/api/experimental/web_fetch" });
    expect([empty.status, empty.text]).toEqual([400, '{"error":"missing request body"}']);
  });

  test("a node that is gone keeps its model, and a hint says so; the rest is done", async () => {
    await call({ path: "/api/copy", body: { source: MODEL, destination: "half" } });
    const lost = fleet.nodes[1];
    await lost?.ollama.kill();
    const first = await remove({ model: "half" });
    // Nobody knew yet that it is gone: the attempt tells.
    expect([first.status, first.headers["x-herd-error"]]).toEqual([500, "HERD_PARTLY_DONE"]);
    expect(first.text).toMatch(/^\{"error":"delete of 'half': done on .*; failed on node-b \(.*\)"\}$/);
    expect(first.headers["x-fleet-nodes"]?.split(", ").toSorted()).toEqual(["node-a", "node-c"]);
    expect(callsOf(0, "/api/delete").length).toBeGreaterThan(0);
    await lost?.ollama.listenAgain();
    await until({
      what: "it is back",
      look: async () => (await remove({ model: "half" })).status === 200,
      withinMs: 10_000,
    });
    expect(await disk(1)).not.toContain("half:latest");
  });
});

const whyNot = whyNoNamespaces();

describe.skipIf(whyNot !== undefined)(
  `models on nodes behind gateways${whyNot === undefined ? "" : ` (${whyNot})`}`,
  () => {
    const cleanup = createCleanup();
    let fleet: ProcessFleet;
    beforeAll(async () => {
      const folder = tempFolder(cleanup);
      const places = await onMachines(cleanup, { nodes: 2, folder });
      // Models are changed from the router's own machine.
      const { router } = places;
      const reach: typeof places.reach = (from, address, port) =>
        from === "client" && address === router.address
          ? places.reach("router", "127.0.0.1", port)
          : places.reach(from, address, port);
      fleet = await startProcessFleet(cleanup, {
        places: { ...places, reach },
        folder,
        ollamaFlags: ["--model", "demo-chat:8b:4.9", "--time-scale", "0"],
      });
    }, 90_000);
    afterAll(() => cleanup.run());

    test("are copied, uploaded to, created, unloaded and deleted as on the router's own", async () => {
      const call = (one: Call): Promise<Reply> => ask(fleet.target, one);
      const copied = await call({ path: "/api/copy", body: { source: "demo-chat:8b", destination: "copy" } });
      expect([copied.status, copied.headers["x-fleet-nodes"]?.split(", ").length]).toEqual([200, 2]);
      const weights = smallGguf();
      const digest = digestOf(weights);
      const uploaded = await call({ path: `/api/blobs/${digest}`, body: weights });
      expect(uploaded.status).toBe(201);
      expect((await call({ method: "HEAD", path: `/api/blobs/${digest}` })).status).toBe(200);
      const big = Buffer.alloc(8 * 2 ** 20, "y");
      expect((await call({ path: `/api/blobs/${digestOf(big)}`, body: big })).status).toBe(201);
      const created = await call({ path: "/api/create", body: { model: "made", files: { a: digest }, stream: false } });
      expect([created.text, created.headers["x-fleet-node"]]).toEqual([
        '{"status":"success"}',
        uploaded.headers["x-fleet-node"],
      ]);
      for (const model of ["copy", "made"])
        expect((await call({ method: "DELETE", path: "/api/delete", body: { model } })).status).toBe(200);
      expect((await call({ path: "/api/tags" })).text).not.toMatch(/"copy|"made/);
    });
  },
);
