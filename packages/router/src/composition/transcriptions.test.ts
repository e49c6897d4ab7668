import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterEach, describe, expect, test } from "vitest";
import { callRaw, headerIn, openRaw } from "../http/testing/raw-call.ts";
import { jsonAnswer, type NodeCall } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const running: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close();
});

async function start(settings: Parameters<typeof startTestRouter>[0] = {}): Promise<TestRouter> {
  const router = await startTestRouter(settings);
  running.push(router);
  return router;
}

const PATH = "/v1/audio/transcriptions";
const MIB = 2 ** 20;

function form(model: string, audio: string | Buffer = "RIFF"): Buffer {
  return Buffer.concat([
    Buffer.from('--X\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'),
    Buffer.from(audio),
    Buffer.from(`\r\n--X\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`),
    Buffer.from('--X\r\nContent-Disposition: form-data; name="temperature"\r\n\r\n0.5\r\n--X--\r\n'),
  ]);
}

const head = (body: Buffer, path = PATH): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: ${body.length}\r\n\r\n`;
const send = (port: number, body: Buffer, path = PATH) =>
  openRaw(port, Buffer.concat([Buffer.from(head(body, path)), body])).answer;

const heard = jsonAnswer(200, { text: "hello" });

describe("a transcription", () => {
  test.each([
    ["small", "RIFF"],
    ["too long for memory", Buffer.alloc(3 * MIB, "ab")],
  ])("whose upload is %s reaches a node byte for byte, and its answer the client", async (_what, audio) => {
    const router = await start();
    const node = await router.addNode(heard, { models: ["m"] });
    const body = form("m", audio);
    const answer = await send(router.port, body);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { text: "hello" }]);
    expect(headerIn(answer, "X-Fleet-Node")).toBe("node-1");
    expect(headerIn(answer, "X-Fleet-Ignored")).toBe("temperature");
    const [call] = node.calls.filter(({ path }) => path === PATH) as [NodeCall];
    expect(call.body).toBe(body.toString());
    expect(call.headers).toMatchObject({
      "content-type": "multipart/form-data; boundary=X",
      "content-length": String(body.length),
    });
    await expect.poll(() => router.traces()[0]).toMatchObject({ model: "m:latest", status: "completed" });
  });

  test("under an alias is sent with the model's own name in the form", async () => {
    const router = await start({ modelAliases: { "whisper-1": "gemma3n:e4b" } });
    const node = await router.addNode(heard, { models: ["gemma3n:e4b"] });
    const answer = await send(router.port, form("whisper-1", Buffer.alloc(MIB, "x")));
    expect(answer.status).toBe(200);
    expect((await node.call(PATH)).body).toBe(form("gemma3n:e4b", Buffer.alloc(MIB, "x")).toString());
  });

  test("is sent anew, whole, when a node fails before its first byte", async () => {
    const router = await start();
    const cut = ({ response }: NodeCall): void => void response.destroy();
    const failing = await router.addNode(cut, { models: ["m"], freeGb: 30 });
    const good = await router.addNode(heard, { models: ["m"] });
    const body = form("m", Buffer.alloc(2 * MIB, "cd"));
    const answer = await send(router.port, body);
    expect([answer.status, headerIn(answer, "X-Fleet-Retries")]).toEqual([200, "1"]);
    expect(
      [failing, good].map(({ calls }) =>
        calls.filter(({ path }) => path === PATH).map((call) => call.body === body.toString()),
      ),
    ).toEqual([[true], [true]]);
  });

  test("goes to a node whose model can hear, when there is one", async () => {
    const router = await start();
    await router.addNode(heard, { models: ["m"], capabilities: ["completion"], freeGb: 30 });
    await router.addNode(heard, { models: ["m"], capabilities: ["completion", "audio"] });
    expect(headerIn(await send(router.port, form("m")), "X-Fleet-Node")).toBe("node-2");
  });

  test("is put nowhere when it is too large, or its client leaves", async () => {
    const router = await start({ maxBodyMb: 1 });
    const answer = await send(router.port, form("m", Buffer.alloc(2 * MIB)));
    expect([answer.status, headerIn(answer, "X-Herd-Error")]).toEqual([413, "HERD_BODY_TOO_LARGE"]);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { message: expect.stringContaining("1 MiB") } });
  });

  test("of which half has come is no request, and its client may leave", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "herd-transcriptions-"));
    running.push({ close: async () => rmSync(dataDir, { recursive: true, force: true }) });
    const router = await start({ dataDir });
    const body = form("m", Buffer.alloc(2 * MIB));
    const { socket, answer } = openRaw(router.port, Buffer.concat([Buffer.from(head(body)), body.subarray(0, MIB)]));
    await expect.poll(() => existsSync(join(dataDir, "tmp"))).toBe(true);
    socket.destroy();
    await answer;
    expect(router.traces()).toEqual([]);
    expect((await callRaw(router.port, { path: "/healthz" })).status).toBe(200);
  });
});

describe("what Ollama refuses", () => {
  let ollama: SimulatedOllama;

  test.each([
    ["no form", "application/json", Buffer.from('{"model":"m"}')],
    ["no type", "", form("nope:1b")],
    ["no boundary", "multipart/form-data", form("nope:1b")],
    ["no model", "multipart/form-data; boundary=X", form("")],
    ["an empty file", "multipart/form-data; boundary=X", form("m", "")],
    ["an unknown model", "multipart/form-data; boundary=X", form("nope:1b")],
    ["a name that is none", "multipart/form-data; boundary=X", form("a b c")],
  ])("is refused in the same bytes: %s", async (_what, type, body) => {
    ollama = await startSimulatedOllama();
    running.push(ollama);
    const router = await start();
    const call = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${type === "" ? "" : `Content-Type: ${type}\r\n`}Content-Length: ${body.length}\r\n\r\n`;
    const bytes = Buffer.concat([Buffer.from(call), body]);
    const [ours, theirs] = await Promise.all([openRaw(router.port, bytes).answer, openRaw(ollama.port, bytes).answer]);
    const told = (answer: typeof ours) => [answer.status, headerIn(answer, "Content-Type"), answer.body];
    expect(told(ours)).toEqual(told(theirs));
  });
});
