/** The recorded exchanges of the disk routes, sent to a simulated node: status, headers and bodies must be the same. */
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { recordedModels, type SimulatedModel, type SimulatedOllamaOptions } from "../options.ts";
import { chunkBytes, readRecordedExchanges, requestBody } from "../recorded/recorded-exchange.ts";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { textOf } from "../testing/post.ts";
import { type RawResponse, sendRaw } from "../testing/raw-client.ts";

const folder = fileURLToPath(new URL("../../fixtures/ollama-0.24.0/", import.meta.url));
const exchanges = new Map(readRecordedExchanges(folder).map((exchange) => [exchange.name, exchange]));

let server: SimulatedOllama;
afterEach(() => server.close());

function recorded(name: string) {
  const exchange = exchanges.get(name);
  if (exchange === undefined) throw new Error(`not recorded: ${name}`);
  return exchange;
}

/** The model that a stand-in for a registry had. */
const mini: SimulatedModel = {
  ...(recordedModels[0] as SimulatedModel),
  name: "127.0.0.1:11522/library/mini:latest",
};

async function start(options: SimulatedOllamaOptions = {}): Promise<void> {
  server = await startSimulatedOllama({ catalogue: [mini], machine: { networkBytesPerSecond: 55e6 }, ...options });
}

function send(name: string, signal?: AbortSignal): Promise<RawResponse> {
  const { request } = recorded(name);
  const headers = request.headers.map(
    ([key, value]) => [key, key === "Host" ? `127.0.0.1:${server.port}` : value] as const,
  );
  const { method, path } = request;
  return sendRaw(server.port, { method, path, headers, body: requestBody(request), ...(signal && { signal }) });
}

async function expectAsRecorded(name: string): Promise<void> {
  const { response } = recorded(name);
  const answer = await send(name);
  expect(answer.status).toBe(response.status);
  const withoutDate = (headers: readonly (readonly [string, string])[]) => headers.filter(([key]) => key !== "Date");
  expect(withoutDate(answer.headers)).toEqual(withoutDate(response.headers));
  expect(answer.chunks.map(String)).toEqual(response.chunks.map((chunk) => chunkBytes(chunk).toString()));
}

describe("answers of one request are those of the recording, byte by byte", () => {
  test.each([
    "blob-get-405",
    "blob-head-bad-digest",
    "blob-head-existing",
    "blob-head-unknown",
    "blob-post-bad-digest",
    "blob-post-created",
    "blob-post-wrong-digest",
    "copy",
    "copy-bad-destination",
    "copy-empty-body",
    "copy-existing-destination",
    "copy-for-push",
    "copy-missing",
    "copy-unknown",
    "create-from-nonstream",
    "create-from-system",
    "create-insert-variant",
    "create-missing-model",
    "create-nothing",
    "create-thinking-variant",
    "create-tools-variant",
    "create-unknown-blob",
    "create-unknown-from",
    "delete-empty-body",
    "delete-missing",
    "delete-unknown",
    "pull-bad-name",
    "pull-http-not-allowed",
    "pull-missing-model",
    "pull-refused",
    "pull-refused-nonstream",
    "pull-unknown-model",
    "pull-unknown-model-nonstream",
    "push-missing",
    "push-refused",
    "push-unknown",
    "wrong-method-405-get-delete",
    "wrong-method-405-post-delete",
  ])("%s", async (name) => {
    await start();
    await expectAsRecorded(name);
  });

  test.each(["pull-unknown-offline", "pull-unknown-offline-nonstream"])("%s", async (name) => {
    await start({ isOffline: true });
    await expectAsRecorded(name);
  });
});

describe("answers that need an earlier request", () => {
  test.each([
    ["blob-post-again", ["blob-post-created"]],
    ["create-bad-gguf", ["blob-post-created"]],
    ["copy-existing-destination", ["copy"]],
    ["delete", ["copy"]],
    ["delete-name-field", ["create-from-nonstream"]],
    ["delete-loaded-variant", ["create-from-system"]],
    ["delete-with-host", ["copy-for-push"]],
    ["push-existing-refused", ["copy-for-push"]],
    ["push-existing-refused-nonstream", ["copy-for-push"]],
    ["pull-present", ["pull-success"]],
    ["pull-present-nonstream", ["pull-success"]],
  ])("%s after %j", async (name, before) => {
    await start();
    for (const earlier of before) await send(earlier);
    await expectAsRecorded(name);
  });
});

describe("a pull", () => {
  const lines = (answer: RawResponse) => answer.chunks.map((chunk) => JSON.parse(String(chunk)));
  /** The records of each status once, without the bytes that depend on the moment. */
  const kinds = (answer: RawResponse) => {
    const texts = lines(answer).map(({ completed: _, ...rest }) => JSON.stringify(rest));
    return [...new Set(texts)];
  };
  const asRecorded = (name: string) => {
    const chunks = recorded(name).response.chunks.map(chunkBytes);
    return kinds({ ...empty, chunks });
  };
  const empty = { status: 200, headers: [], isChunked: true, endedBy: "complete" } as const;

  test("sends the recorded records, each layer as often as in 60 ms steps of its time", async () => {
    await start({ models: [] });
    const answer = await send("pull-success");
    expect(kinds(answer)).toEqual(asRecorded("pull-success"));
    const completed = lines(answer).flatMap((line) => (line.total === 45_949_440 ? line.completed : []));
    expect(completed.toSorted((one, other) => one - other)).toEqual(completed);
    expect(completed.at(-1)).toBe(45_949_440);
    expect(completed.length).toBeGreaterThan(10);
    expect(new Set(completed).size).toBeGreaterThan(8);
  });

  test("goes on where a client that left had stopped it", async () => {
    await start({ models: [] });
    const leaver = new AbortController();
    const { request } = recorded("pull-success");
    await sendRaw(server.port, {
      method: "POST",
      path: request.path,
      headers: [["Host", `127.0.0.1:${server.port}`]],
      body: requestBody(request),
      leaveAfterChunks: 6,
      signal: leaver.signal,
    });
    await server.waitForIdle();
    expect(textOf(await get("/api/tags"))).toBe('{"models":[]}');
    const answer = await send("pull-resume-after-disconnect");
    expect(kinds(answer)).toEqual(asRecorded("pull-resume-after-disconnect"));
    expect(lines(answer)[1].completed).toBeGreaterThan(55e6 * 0.1);
  });

  test("is listed with the recorded size as soon as it is there", async () => {
    await start({ models: [] });
    await send("pull-success");
    const { models } = JSON.parse(textOf(await get("/api/tags")));
    const [listed] = JSON.parse(bodyOf("tags-registry-name")).models.filter(
      (model: { name: string }) => model.name === mini.name,
    );
    expect(models).toEqual([{ ...listed, modified_at: expect.any(String) }]);
  });
});

describe("a created model", () => {
  test("has the recorded digest and size, because its manifest is written as Ollama does", async () => {
    await start();
    for (const name of ["create-from-system", "create-from-nonstream", "copy"]) await send(name);
    const { models } = JSON.parse(textOf(await get("/api/tags")));
    for (const listed of JSON.parse(bodyOf("tags-with-created")).models) {
      expect(models).toContainEqual({ ...listed, modified_at: expect.any(String) });
    }
  });

  test("shows its texts as recorded", async () => {
    await start();
    await send("create-from-system");
    const shown = JSON.parse(textOf(await send("show-created")));
    const { model_info: _, tensors: __, modified_at: ___, ...recordedTexts } = JSON.parse(bodyOf("show-created"));
    expect(shown).toMatchObject(recordedTexts);
    expect(Object.keys(shown)).toEqual(Object.keys(JSON.parse(bodyOf("show-created"))));
  });

  test.each(["tools", "think", "insert"])("has the capability that its template gives: %s", async (kind) => {
    await start();
    await send(kind === "think" ? "create-thinking-variant" : `create-${kind}-variant`);
    const name = `show-${kind}-variant`;
    const { capabilities, modelfile } = JSON.parse(textOf(await send(name)));
    expect({ capabilities, modelfile }).toEqual({
      capabilities: JSON.parse(bodyOf(name)).capabilities,
      modelfile: JSON.parse(bodyOf(name)).modelfile,
    });
  });
});

function bodyOf(name: string): string {
  return recorded(name)
    .response.chunks.map((chunk) => chunkBytes(chunk).toString())
    .join("");
}

function get(path: string): Promise<RawResponse> {
  return sendRaw(server.port, {
    method: "GET",
    path,
    headers: [["Host", `127.0.0.1:${server.port}`]],
    body: Buffer.alloc(0),
  });
}
