import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chatAnswer } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter({ trustedProxies: ["127.0.0.1"] });
});
afterEach(() => router.close());

interface Told {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

interface Picture {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly queues: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly timestamp: number;
}

/** Reads a stream of events as a browser does. */
async function listen(query = "", headers: Readonly<Record<string, string>> = {}) {
  const leave = new AbortController();
  const reply = await fetch(`${router.url}/dashboard/events${query}`, { headers, signal: leave.signal });
  const reader = (reply.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
  const seen = { text: "", rest: "" };
  const read = async (): Promise<boolean> => {
    const { done, value = "" } = await reader.read();
    seen.text += value;
    seen.rest += value;
    return !done;
  };
  /** One block, without its empty line; undefined at the end. */
  const block = async (): Promise<string | undefined> => {
    while (!seen.rest.includes("\n\n")) if (!(await read())) return undefined;
    const [first = "", ...others] = seen.rest.split("\n\n");
    seen.rest = others.join("\n\n");
    return first;
  };
  const next = async (): Promise<Told | undefined> => {
    for (let text = await block(); text !== undefined; text = await block()) {
      const told = toldIn(text);
      if (told !== undefined) return told;
    }
    return undefined;
  };
  /** The first event for which this holds. */
  const until = async (isIt: (told: Told) => boolean): Promise<Told> => {
    for (;;) {
      const told = await next();
      if (told === undefined) throw new Error(`the stream ended: ${seen.text}`);
      if (isIt(told)) return told;
    }
  };
  return { reply, next, until, text: () => seen.text, leave: () => leave.abort() };
}

function toldIn(block: string): Told | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
  const content = field("data");
  if (content === undefined) return undefined;
  return { event: field("event"), id: field("id"), content: JSON.parse(content) as Told["content"] };
}

const pictureOf = (told: Told | undefined): Picture => told?.content as unknown as Picture;
const names = (told: Told): unknown[] => pictureOf(told).nodes?.map(({ node_id }) => node_id) ?? [];
const chat = () =>
  fetch(`${router.url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], stream: false }),
  }).then((reply) => reply.text());

describe("live events", () => {
  test("begin with the whole fleet in the predecessor's form, each under an id, and when to come back is told once", async () => {
    await router.addNode(chatAnswer);
    await chat();
    const stream = await listen();
    expect(stream.reply.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const first = await stream.next();
    expect([first?.event, first?.id]).toEqual([undefined, expect.stringMatching(/^[\w.]+-\d+$/)]);
    const { nodes, queues, timestamp } = pictureOf(first);
    expect(timestamp).toBeGreaterThan(1e9);
    expect(nodes).toMatchObject([
      {
        node_id: "node-1",
        status: "online",
        hardware: { memory_total_gb: 32, cores_physical: 8 },
        cpu: { cores_physical: 8, utilization_pct: 5 },
        memory: { total_gb: 32, used_gb: 8, available_gb: 24 },
        ollama: {
          models_loaded: [{ name: "m:latest", size_gb: 4, context_length: 4096 }],
          models_available_count: 1,
          mlx_models: [],
          requests_active: 0,
        },
        image_models: [],
        stt_models: [],
        vision_embed_models: [],
        embed_models: [],
      },
    ]);
    expect(queues).toMatchObject({
      "node-1:m:latest": { node_id: "node-1", pending: 0, in_flight: 0, completed: 1, request_type: "text" },
    });
    await router.addNode(chatAnswer);
    const later = await stream.until((told) => names(told).length === 2);
    expect(later.event).toBeUndefined();
    expect(stream.text().match(/^retry: /gm)).toHaveLength(1);
    stream.leave();
  });

  test("are only what changes, for who asks for that, and every ended request", async () => {
    await router.addNode(chatAnswer);
    const stream = await listen("?form=changes");
    expect(await stream.next()).toMatchObject({ event: "snapshot", content: { nodes: [{ node_id: "node-1" }] } });
    await router.addNode(chatAnswer);
    const joined = await stream.until(({ event, content }) => event === "change" && "removed_nodes" in content);
    expect(names(joined)).toContain("node-2");
    await chat();
    const ended = await stream.until(({ event }) => event === "request");
    expect(ended.content).toMatchObject({ model: "m:latest", node_id: expect.any(String), status: "completed" });
    await fetch(`${router.url}/fleet/nodes/node-1`, { method: "DELETE" });
    const gone = await stream.until(({ content }) => (content["removed_nodes"] as string[] | undefined)?.length === 1);
    expect(gone.content["removed_nodes"]).toEqual(["node-1"]);
    stream.leave();
  });

  test("that somebody missed come again for the last id, and nothing twice", async () => {
    await router.addNode(chatAnswer);
    const [one, other] = [await listen("?form=changes"), await listen("?form=changes")];
    await other.next();
    const { id = "" } = (await one.next()) ?? {};
    one.leave();
    await router.addNode(chatAnswer);
    const missed = await other.until((told) => names(told).includes("node-2"));
    const back = await listen("?form=changes", { "last-event-id": id });
    const first = await back.next();
    expect([first?.event, first?.id]).toEqual(["change", missed.id]);
    const stranger = await listen("?form=changes", { "last-event-id": "another-7" });
    expect((await stranger.next())?.event).toBe("snapshot");
    for (const stream of [other, back, stranger]) stream.leave();
  });

  test("show the demo's machines on the router's own machine alone", async () => {
    router.assembly.fleet.demo.isOpen = true;
    const report = { node_id: "demo-1", simulated: true, cpu: { cores_physical: 4, utilization_pct: 1 } };
    const rest = { memory: { total_gb: 8, used_gb: 1, available_gb: 7 }, ollama: { models_available: ["d:latest"] } };
    const beat = await fetch(`${router.url}/heartbeat`, {
      method: "POST",
      body: JSON.stringify({ ...report, ...rest, ollama_host: "http://127.0.0.1:9" }),
    });
    expect(beat.status).toBe(200);
    const [here, elsewhere] = [await listen(), await listen("", { "x-forwarded-for": "192.168.1.9" })];
    expect(names((await here.next()) as Told)).toEqual(["demo-1"]);
    expect(names((await elsewhere.next()) as Told)).toEqual([]);
    here.leave();
    elsewhere.leave();
  });

  test.each(["?form=diff", "?form=", "?nothing=1"])("asked for with %s are refused", async (query) => {
    const reply = await fetch(`${router.url}/dashboard/events${query}`);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: "HERD_BAD_REQUEST", field: query.slice(1).split("=")[0] });
  });

  test("are for so many at once; who leaves makes room", async () => {
    const all = await Promise.all(Array.from({ length: 200 }, () => listen()));
    const refused = await fetch(`${router.url}/dashboard/events`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({ code: "HERD_TOO_MANY_LISTENERS" });
    all[0]?.leave();
    await expect.poll(async () => (await tryOnce()).status, { timeout: 5_000 }).toBe(200);
    for (const stream of all) stream.leave();
  });

  test("end with a word when the router stops, which waits for nobody", async () => {
    await router.addNode(chatAnswer);
    const [whole, changes] = [await listen(), await listen("?form=changes")];
    await whole.next();
    await changes.next();
    await router.stop();
    expect((await whole.until(({ event }) => event === "bye")).content).toEqual({ reason: "stopping" });
    expect((await changes.until(({ event }) => event === "bye")).content).toEqual({ reason: "stopping" });
    expect(await whole.next()).toBeUndefined();
  });
});

describe("beside the fleet, followers hear", () => {
  const post = (path: string, body: object) =>
    fetch(`${router.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).then((reply) => reply.text());
  const step = (completed: number): string =>
    `{"status":"pulling","digest":"sha256:a","total":1000,"completed":${completed}}\n`;

  test("how pulls go, in few steps without ids, their end and what became of the model", async () => {
    const node = await router.addNode((call) => {
      if (call.path !== "/api/pull") return chatAnswer(call);
      call.response.writeHead(200);
      for (let done = 1; done <= 100; done += 1) call.response.write(step(done));
      return undefined;
    });
    const stream = await listen("?form=changes");
    const pulling = post("/api/pull", { model: "new:1b" });
    const last = await stream.until(({ event, content }) => event === "pull" && content["completed"] === 100);
    expect(last).toMatchObject({ id: undefined, content: { model: "new:1b", node_id: "node-1", total: 1000 } });
    expect(stream.text().match(/^event: pull$/gm)?.length).toBeLessThan(6);
    (await node.call("/api/pull")).response.end('{"status":"success"}\n');
    await pulling;
    const [one, other] = [
      await stream.until(({ event, id }) => (event === "pull" || event === "model") && id !== undefined),
      await stream.until(({ event, id }) => (event === "pull" || event === "model") && id !== undefined),
    ];
    const byName = Object.fromEntries([one, other].map(({ event = "", content }) => [event, content]));
    expect(byName["pull"]).toMatchObject({ status: "success", ended_at: expect.any(Number) });
    expect(byName["model"]).toMatchObject({ event: "pulled", node_id: "node-1", model: "new:1b" });
    stream.leave();
  });

  test("findings when they appear, change and are over", async () => {
    router.assembly.health.look();
    const stream = await listen("?form=changes");
    await router.addNode(chatAnswer, { isReachable: false });
    router.assembly.health.look();
    const isAboutNode = ({ event, content }: Told) => event === "finding" && content["node_id"] === "node-1";
    const appeared = await stream.until(isAboutNode);
    expect(appeared.content).toMatchObject({
      change: "appeared",
      severity: expect.any(String),
      fix: expect.any(String),
    });
    const key = appeared.content["key"] as string;
    await post("/dashboard/api/health/acknowledge", { key });
    const changed = await stream.until(({ content }) => content["key"] === key);
    expect(changed.content).toMatchObject({ change: "changed", acknowledged: true });
    stream.leave();
  });

  test("which settings were changed, and never their values", async () => {
    const stream = await listen("?form=changes");
    await post("/dashboard/api/settings", { notify_webhook_url: "https://example.com/secret" });
    expect((await stream.until(({ event }) => event === "settings")).content).toEqual({ keys: ["notify_webhook_url"] });
    expect(stream.text()).not.toContain("secret");
    stream.leave();
  });

  test("what happened while the only one was away for a moment", async () => {
    await router.addNode(chatAnswer);
    const stream = await listen("?form=changes");
    const { id = "" } = (await stream.next()) ?? {};
    stream.leave();
    await expect.poll(metrics).toMatch(/^herd_events_listeners 0$/m);
    await chat();
    await expect.poll(metrics).toMatch(/^herd_requests_total\{.*\} 1$/m);
    const back = await listen("?form=changes", { "last-event-id": id });
    expect((await back.until(({ event }) => event !== "change")).event).toBe("request");
    back.leave();
  });
});

const metrics = async (): Promise<string> => (await fetch(`${router.url}/metrics`)).text();

/** A listener that leaves at once. */
async function tryOnce(): Promise<Response> {
  const leave = new AbortController();
  const reply = await fetch(`${router.url}/dashboard/events`, { signal: leave.signal });
  leave.abort();
  return reply;
}
