import { once } from "node:events";
import { requestId } from "@herd/shared";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nobodyAhead } from "../../admission/lane-book.ts";
import type { Ending } from "../../pipeline/answers/ending.ts";
import { beginServing } from "../../pipeline/begin-serving.ts";
import type { Incoming } from "../../pipeline/incoming.ts";
import type { Journey } from "../../pipeline/journey.ts";
import type { Serving } from "../../pipeline/parts.ts";
import { answerWithoutNode } from "../../pipeline/unloading/answer-without-node.ts";
import { unloadEverywhere } from "../../pipeline/unloading/unload-everywhere.ts";
import { viewOf } from "../../pipeline/view-of.ts";
import { encodeEmptyLoad } from "../../protocols/ollama/disk/empty-load.ts";
import { ollamaVoices } from "../../protocols/ollama/voices.ts";
import { jsonAnswer, type ScriptedNode } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";
import { createUnloadParts } from "./disk-parts.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter();
});
afterEach(() => router.close());

const BODY = { model: "m", prompt: "", keep_alive: 0 };
const unloaded = { model: "m", created_at: "now", response: "", done: true, done_reason: "unload" };

/** A node with these names in memory, which says that it unloads. */
const unloads =
  (stillLoaded: readonly string[] = [], answer = jsonAnswer(200, unloaded)): ScriptedNode["answer"] =>
  (call) => {
    if (call.path === "/api/ps") jsonAnswer(200, { models: stillLoaded.map((name) => ({ name })) })(call);
    else if (call.path === "/api/tags") jsonAnswer(200, { models: [{ name: "m:latest" }] })(call);
    else answer(call);
  };

/** Serves an unload as the pipeline does; what the client got. */
async function unload(body: object = BODY, serve: Serve = unloadAll) {
  const { assembly } = router;
  const { serving } = assembly;
  const reply = { status: 0, headers: [] as readonly string[], text: "" };
  const incoming: Incoming = {
    requestId: requestId("r-1"),
    path: "/api/generate",
    headers: ["Content-Type", "application/json"],
    body: Buffer.from(JSON.stringify(body)),
    client: { address: "127.0.0.1", isLoopback: true },
    sink: {
      begin: (head) => void Object.assign(reply, head),
      write: (chunk) => {
        reply.text += Buffer.from(chunk).toString();
        return true;
      },
      onDrain: () => undefined,
      end: () => undefined,
      destroy: () => undefined,
    },
    onClientGone: () => undefined,
    arrivedAt: serving.parts.now(),
  };
  const serves = { parts: serving.parts, incoming, voice: ollamaVoices.generate };
  const begun = await beginServing(serves);
  if (begun.kind === "ending") return { ...reply, ending: begun.ending };
  expect(begun.journey.facts.kind).toBe("unload");
  const ending = await serve(serves, begun.journey);
  return { ...reply, ending };
}

type Serve = (serves: Serving, journey: Journey) => Promise<Ending>;

const unloadAll: Serve = (serves, journey) => unloadWith(1, serves, journey);

/** With every patience of the router a twentieth of what it is. */
const unloadSoon: Serve = (serves, journey) => unloadWith(1 / 20, serves, journey);

const unloadWith = (patience: number, ...[serves, journey]: Parameters<Serve>): Promise<Ending> => {
  const { serving, fleet, upkeep, log } = router.assembly;
  const candidatesFor = (asked: Journey) => {
    const applicant = { ...asked, holdMs: 0, codeAfterHold: asked.hold.codeAfter, onTurn: () => undefined };
    return viewOf(serving.views, applicant, nobodyAhead).candidates.filter(
      ({ node, backend }) => node.status !== "offline" && backend.reachability !== "unreachable",
    );
  };
  const parts = createUnloadParts({ fleet, serving, ask: upkeep.ask, log });
  const callNode: typeof parts.callNode = (order) =>
    parts.callNode({ ...order, silenceMs: (order.silenceMs ?? Number.NaN) * patience });
  return unloadEverywhere(serves, journey, { ...parts, callNode, candidatesFor });
};

const loadedOn = async () => {
  const { models } = (await (await fetch(`${router.url}/api/ps`)).json()) as { models: { name: string }[] };
  return models.length;
};

describe("an unload", () => {
  test("reaches every node that has the model, with one answer in a node's own bytes, and the list shows it", async () => {
    const nodes = [
      await router.addNode(unloads()),
      await router.addNode(unloads()),
      await router.addNode(unloads(), { loaded: [] }),
    ];
    const other = await router.addNode(unloads(), { models: ["other"] });
    expect(await loadedOn()).toBe(3);
    const { status, text, headers, ending } = await unload();
    expect([status, text]).toEqual([200, JSON.stringify(unloaded)]);
    expect(headers.join()).toContain("X-Fleet-Nodes,node-1, node-2, node-3");
    for (const node of nodes) expect(JSON.parse((await node.call("/api/generate")).body)).toEqual(BODY);
    expect(other.calls).toEqual([]);
    expect(ending).toMatchObject({ outcome: { kind: "completed" }, status: 200 });
    expect(ending.journey?.attempts).toHaveLength(1);
    expect(await loadedOn()).toBe(1);
  });

  test("of a model that runs on leaves it in the list of those in memory", async () => {
    await router.addNode(unloads(["m:latest"]));
    expect((await unload()).status).toBe(200);
    expect(await loadedOn()).toBe(1);
  });

  test("where it is in no memory is answered by who has it; where nobody can be asked, by the router", async () => {
    await router.addNode(unloads(), { loaded: [] });
    expect((await unload()).text).toBe(JSON.stringify(unloaded));
    await router.close();
    router = await startTestRouter();
    await router.addNode(unloads(), { isReachable: false });
    const { status, text } = await unload({ ...BODY, model: "M:latest" });
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { ...unloaded, model: "M:latest", created_at: expect.stringMatching(/^20.*Z$/) },
    ]);
  });

  test("of an unknown model is a 404 as one Ollama gives it, also where only the lists were wrong", async () => {
    await router.addNode(unloads([], jsonAnswer(404, { error: "model 'm' not found" })));
    const wrong = await unload();
    expect([wrong.status, wrong.text]).toEqual([404, `{"error":"model 'm' not found"}`]);
    const { status, text } = await unload({ ...BODY, model: "nope:1b" });
    expect([status, text]).toEqual([404, `{"error":"model 'nope:1b' not found"}`]);
  });

  test("that fails where the model is in memory names that node; elsewhere it does not matter", async () => {
    await router.addNode(unloads());
    const bad = await router.addNode(unloads([], jsonAnswer(500, { error: "boom" })));
    const { status, text, ending } = await unload();
    expect([status, text]).toEqual([500, `{"error":"unload of 'm': done on node-1; failed on node-2 (boom)"}`]);
    expect(ending).toMatchObject({ outcome: { kind: "failed", source: "node", code: "HERD_PARTLY_DONE" } });
    await router.join(bad, { id: "node-2", loaded: [] });
    expect((await unload()).status).toBe(200);
  });

  test("does not wait long for a node that hangs and does not have it in memory", async () => {
    await router.addNode(unloads());
    const hung = await router.addNode(() => undefined, { loaded: [] });
    const asked = unload(BODY, unloadSoon);
    const { response } = await hung.call("/api/generate");
    const dropped = once(response, "close");
    const { status, headers } = await asked;
    expect([status, headers.join()]).toEqual([200, expect.stringMatching(/X-Fleet-Nodes,node-1$/)]);
    await dropped;
  });

  test("names a node that hangs with it in memory", async () => {
    await router.addNode(unloads());
    await router.addNode(() => undefined);
    const { status, text } = await unload(BODY, unloadSoon);
    expect([status, text]).toEqual([
      500,
      `{"error":"unload of 'm': done on node-1; failed on node-2 (it said nothing for 0.5 s)"}`,
    ]);
  });

  test("whose client leaves is given up at once, and has its row", async () => {
    const node = await router.addNode(() => undefined);
    const leaving = new AbortController();
    const body = JSON.stringify(BODY);
    const asked = fetch(`${router.url}/api/generate`, { method: "POST", body, signal: leaving.signal });
    const { response } = await node.call("/api/generate");
    const dropped = once(response, "close");
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await dropped;
    await vi.waitFor(() => expect(router.traces()).toMatchObject([{ status: "client_disconnected" }]), 5_000);
  });

  test("under an alias names the model that it stands for", async () => {
    await router.close();
    router = await startTestRouter({ modelAliases: { short: "m" } });
    const node = await router.addNode(unloads());
    expect((await unload({ ...BODY, model: "short" })).status).toBe(200);
    expect(JSON.parse((await node.call("/api/generate")).body)).toEqual(BODY);
  });

  test("and a load can be answered without a node", async () => {
    await router.addNode(unloads());
    const { text, ending } = await unload(BODY, (serves, journey) =>
      Promise.resolve(answerWithoutNode(serves, journey, { reason: "load", encodeEmptyLoad })),
    );
    expect(JSON.parse(text)).toMatchObject({ model: "m", response: "", done: true, done_reason: "load" });
    expect(ending).toMatchObject({ outcome: { kind: "completed", hasOutput: true }, status: 200 });
  });
});
