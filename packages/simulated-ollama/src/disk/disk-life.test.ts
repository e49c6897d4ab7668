/** What happens on the disk beside the recorded cases: sharing, room, quantizing, uploads, and what lists tell of it. */
import { afterEach, describe, expect, test } from "vitest";
import { sha256 } from "../models/model-layers.ts";
import { recordedModels, type SimulatedModel, type SimulatedOllamaOptions } from "../options.ts";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { createManualTime } from "../testing/manual-time.ts";
import { get, post, recordsOf, textOf } from "../testing/post.ts";
import { type RawResponse, sendRaw } from "../testing/raw-client.ts";
import { until } from "../testing/until.ts";
import { defaultCatalogue } from "./default-catalogue.ts";

let server: SimulatedOllama;
afterEach(() => server.close());

async function start(options: SimulatedOllamaOptions = {}): Promise<void> {
  server = await startSimulatedOllama(options);
}

const call = (path: string, body: unknown) => post(server.port, path, { body });
const statuses = (answer: RawResponse) => recordsOf(answer).map((record) => record["status"] ?? record["error"]);
const namesOf = async () => {
  const { models } = JSON.parse(textOf(await get(server.port, "/api/tags"))) as { models: { name: string }[] };
  return models.map((model) => model.name);
};

function upload(digest: string, body: Buffer, method = "POST"): Promise<RawResponse> {
  const headers = [["Host", `127.0.0.1:${server.port}`]] as const;
  return sendRaw(server.port, { method, path: `/api/blobs/sha256:${digest}`, headers, body });
}

function remove(model: string): Promise<RawResponse> {
  const headers = [["Host", `127.0.0.1:${server.port}`]] as const;
  const body = Buffer.from(JSON.stringify({ model }));
  return sendRaw(server.port, { method: "DELETE", path: "/api/delete", headers, body });
}

const big: SimulatedModel = {
  ...(recordedModels[2] as SimulatedModel),
  name: "big:7b",
  sizeBytes: 4e9,
  digest: "b".repeat(64),
  weights: "c".repeat(64),
};

describe("a pull", () => {
  test("takes as long as the network of the machine does", async () => {
    const time = createManualTime();
    server = await startSimulatedOllama(
      { models: [], catalogue: [big], machine: { networkBytesPerSecond: 1e9 }, timeScale: 1 },
      time,
    );
    const answer = call("/api/pull", { model: "big:7b" });
    await until(() => server.received.length === 1);
    await time.advance(3_500);
    expect(await namesOf()).toEqual([]);
    await time.advance(6_000);
    expect(statuses(await answer).at(-1)).toBe("success");
    expect(await namesOf()).toEqual(["big:7b"]);
    const weights = recordsOf(await answer).filter((record) => Number(record["total"]) > 1e9);
    // Four seconds in reports of 60 ms.
    expect(weights.length).toBeGreaterThan(60);
    expect(weights.length).toBeLessThan(68);
  });

  test("of the same file by two clients goes on when one of them leaves", async () => {
    const time = createManualTime();
    server = await startSimulatedOllama(
      { models: [], catalogue: [big], machine: { networkBytesPerSecond: 1e9 }, timeScale: 1 },
      time,
    );
    const leaver = new AbortController();
    const first = post(server.port, "/api/pull", { body: { model: "big:7b" }, signal: leaver.signal });
    await until(() => server.received.length === 1);
    await time.advance(2_000);
    const second = call("/api/pull", { model: "big:7b" });
    await until(() => server.received.length === 2);
    await time.advance(200);
    leaver.abort();
    await first;
    await time.advance(7_000);
    expect(statuses(await second).at(-1)).toBe("success");
    const completed = recordsOf(await second).flatMap((record) =>
      record["completed"] === undefined ? [] : Number(record["completed"]),
    );
    expect(completed[0]).toBeGreaterThan(1.9e9);
  });

  test("that finds the disk full says so, and keeps what has come", async () => {
    await start({ models: [], catalogue: [big], machine: { diskBytes: 1e9 } });
    const answer = await call("/api/pull", { model: "big:7b" });
    expect(answer).toMatchObject({ status: 200, endedBy: "complete" });
    expect(statuses(answer).at(-1)).toBe(
      `write /srv/ollama/models/blobs/sha256-${"c".repeat(64)}-partial: no space left on device`,
    );
    expect(await namesOf()).toEqual([]);
    const whole = await call("/api/pull", { model: "big:7b", stream: false });
    expect([whole.status, textOf(whole)]).toEqual([500, expect.stringContaining("no space left on device")]);
  });

  test("knows a dozen models without being told, and what a deleted model was", async () => {
    await start();
    await remove("gemma3:270m");
    for (const model of ["llama3.2", "gemma3:270m"]) {
      expect(statuses(await call("/api/pull", { name: model, stream: false }))).toEqual(["success"]);
    }
    expect(await namesOf()).toEqual(["gemma3:270m", "llama3.2:latest", "all-minilm:latest", "smollm2:135m"]);
    expect(new Set(defaultCatalogue.map((model) => model.name)).size).toBe(defaultCatalogue.length);
  });

  test("of another version of a model removes the layers that nobody has any more", async () => {
    await start({ catalogue: [] });
    await call("/api/create", { model: "smollm2:135m", from: "smollm2:135m", system: "Be long.", stream: false });
    const answer = await call("/api/pull", { model: "smollm2:135m" });
    expect(statuses(answer).slice(-4)).toEqual([
      "verifying sha256 digest",
      "writing manifest",
      "removing unused layers",
      "success",
    ]);
    expect((await upload(sha256("Be long."), Buffer.alloc(0), "HEAD")).status).toBe(404);
  });

  test("of a host that nobody knows fails as a name that does not resolve", async () => {
    await start();
    expect(statuses(await call("/api/pull", { model: "hub.example.com/a/b:c" }))).toEqual([
      "pulling manifest",
      'pull model manifest: Get "https://hub.example.com/v2/a/b/manifests/c": dial tcp: lookup hub.example.com on 192.0.2.53:53: no such host',
    ]);
  });
});

describe("a push", () => {
  test("sends every layer and the manifest", async () => {
    await start();
    const answer = await call("/api/push", { model: "gemma3:270m" });
    const kinds = [...new Set(statuses(answer))];
    expect(kinds[0]).toBe("retrieving manifest");
    expect(kinds[1]).toBe("pushing a5fd3b62230a");
    expect(kinds.slice(-2)).toEqual(["pushing manifest", "success"]);
    expect(kinds).toHaveLength(7);
  });

  test("of a name that is none says so after two records", async () => {
    await start();
    expect(statuses(await call("/api/push", { model: "a//b" }))).toEqual([
      "retrieving manifest",
      "couldn't retrieve manifest",
      "unqualified name: a/!MISSING!/b:latest",
    ]);
  });
});

describe("a delete", () => {
  test("is seen at once, and a loaded model stays loaded until its time is over", async () => {
    await start({ loaded: ["smollm2:135m"] });
    expect(await remove("smollm2:135m")).toMatchObject({ status: 200 });
    expect(await namesOf()).toEqual(["all-minilm:latest", "gemma3:270m"]);
    expect(await call("/api/show", { model: "smollm2:135m" })).toMatchObject({ status: 404 });
    expect(await call("/api/chat", { model: "smollm2:135m" })).toMatchObject({ status: 404 });
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
    expect(await remove("smollm2:135m")).toMatchObject({ status: 404 });
  });

  test("removes the files that no other model has", async () => {
    await start();
    const weights = recordedModels[2]?.weights ?? "";
    await call("/api/copy", { source: "smollm2:135m", destination: "twin" });
    await remove("smollm2:135m");
    expect((await upload(weights, Buffer.alloc(0), "HEAD")).status).toBe(200);
    await remove("twin");
    expect((await upload(weights, Buffer.alloc(0), "HEAD")).status).toBe(404);
  });
});

describe("a copy", () => {
  test("is listed first, with the same digest, and shares the loaded model", async () => {
    await start({ loaded: ["smollm2:135m"] });
    await call("/api/copy", { source: "SMOLLM2:135m", destination: "me/Twin:v2" });
    expect(await namesOf()).toEqual(["me/Twin:v2", "all-minilm:latest", "gemma3:270m", "smollm2:135m"]);
    const answer = await call("/api/chat", {
      model: "me/twin:v2",
      messages: [{ role: "user", content: "hi" }],
      stream: false,
    });
    expect(answer.status).toBe(200);
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
  });

  test("over another spelling of a name keeps that one's", async () => {
    await start();
    await call("/api/copy", { source: "smollm2:135m", destination: "Twin" });
    await call("/api/copy", { source: "gemma3:270m", destination: "TWIN" });
    expect((await namesOf()).filter((name) => /twin/i.test(name))).toEqual(["Twin:latest"]);
  });
});

describe("a create", () => {
  test("gives its parameters to every request that says nothing", async () => {
    await start();
    await call("/api/create", {
      model: "short",
      from: "smollm2:135m",
      parameters: { num_ctx: 512, num_predict: 3 },
      stream: false,
    });
    const ask = (options?: object) =>
      call("/api/chat", { model: "short", messages: [{ role: "user", content: "hi" }], stream: false, options });
    expect(recordsOf(await ask())).toMatchObject([{ eval_count: 3, done_reason: "length" }]);
    expect(JSON.parse(textOf(await get(server.port, "/api/ps"))).models).toMatchObject([
      { name: "short:latest", context_length: 512 },
    ]);
    expect(recordsOf(await ask({ num_predict: 5 }))).toMatchObject([{ eval_count: 5 }]);
  });

  test("with a parameter of a wrong type fails only when the model is used", async () => {
    await start();
    expect(
      statuses(await call("/api/create", { model: "x", from: "smollm2:135m", parameters: { num_ctx: "abc" } })).at(-1),
    ).toBe("success");
    const answer = await call("/api/chat", { model: "x", messages: [{ role: "user", content: "hi" }] });
    expect([answer.status, textOf(answer)]).toEqual([500, '{"error":"option \\"num_ctx\\" must be of type integer"}']);
  });

  test("quantizes with progress, and the model is smaller", async () => {
    await start({ models: [{ ...big, quantization: "F16" }], catalogue: [] });
    const answer = await call("/api/create", { model: "small", from: "big:7b", quantize: "q4_K_M" });
    const kinds = [...new Set(statuses(answer))];
    expect(kinds.slice(0, 3)).toEqual([
      "quantizing F16 model to Q4_K_M",
      "verifying conversion",
      expect.stringMatching(/^creating new layer/),
    ]);
    const [record] = recordsOf(answer);
    expect(record).toMatchObject({
      digest: "0000000000000000000",
      total: expect.any(Number),
      completed: expect.any(Number),
    });
    const { models } = JSON.parse(textOf(await get(server.port, "/api/tags")));
    expect(models[0]).toMatchObject({ name: "small:latest", details: { quantization_level: "Q4_K_M" } });
    expect(models[0].size).toBeLessThan(1.3e9);
  });

  test.each([
    ["q4_0", "unsupported quantization type Q4_0 - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0"],
    ["q4_K_M", "quantization is only supported for F16, BF16 and F32 models"],
  ])("does not quantize a quantized model to %s", async (quantize, error) => {
    await start();
    const answer = await call("/api/create", { model: "x", from: "smollm2:135m", quantize });
    expect([answer.status, textOf(answer)]).toEqual([500, JSON.stringify({ error })]);
    expect(await namesOf()).not.toContain("x:latest");
  });

  test("from an uploaded file reads what it says of itself", async () => {
    await start();
    const file = ggufFile();
    const digest = sha256(file);
    expect((await upload(digest, file, "HEAD")).status).toBe(404);
    expect((await upload(digest, file)).status).toBe(201);
    const answer = await call("/api/create", {
      model: "mine",
      files: { "model.gguf": `sha256:${digest}` },
      template: "{{ .Prompt }}",
    });
    expect(statuses(answer)).toEqual([
      "parsing GGUF",
      `using existing layer sha256:${digest}`,
      expect.stringMatching(/^creating new layer sha256:/),
      "writing manifest",
      "success",
    ]);
    const shown = JSON.parse(textOf(await call("/api/show", { model: "mine" })));
    expect(shown).toMatchObject({ template: "{{ .Prompt }}", details: { family: "qwen2", quantization_level: "F16" } });
    expect(shown.model_info["qwen2.context_length"]).toBe(4096);
    expect((await call("/api/chat", { model: "mine", messages: [{ role: "user", content: "hi" }] })).status).toBe(200);
  });

  test("with an adapter is a variant that needs a reload", async () => {
    await start({ loaded: ["smollm2:135m"], numParallel: 1 });
    const file = ggufFile();
    await upload(sha256(file), file);
    const adapters = { "a.gguf": `sha256:${sha256(file)}` };
    const answer = await call("/api/create", { model: "tuned", from: "smollm2:135m", adapters });
    expect(statuses(answer)[0]).toBe("parsing GGUF");
    expect(statuses(answer).at(-1)).toBe("success");
    expect(textOf(await call("/api/show", { model: "tuned" }))).toContain("ADAPTER /srv/ollama/models/blobs/sha256-");
    await call("/api/chat", { model: "tuned", messages: [{ role: "user", content: "hi" }] });
    expect(server.loadedModels()).toEqual(["tuned:latest"]);
    const missing = { "a.gguf": `sha256:${"0".repeat(64)}` };
    expect(statuses(await call("/api/create", { model: "x", from: "smollm2:135m", adapters: missing })).at(-1)).toMatch(
      /^open .*: no such file/,
    );
  });

  test("from tensors converts them", async () => {
    await start();
    const file = Buffer.from("tensors");
    await upload(sha256(file), file);
    const answer = await call("/api/create", {
      model: "mine",
      files: { "model.safetensors": `sha256:${sha256(file)}` },
    });
    expect(statuses(answer)[0]).toBe("converting model");
    expect(statuses(answer).at(-1)).toBe("success");
  });

  test("from a model that is not there pulls it first", async () => {
    await start({ catalogue: [big] });
    const answer = await call("/api/create", { model: "mine", from: "big:7b", system: "x" });
    expect(statuses(answer)[0]).toBe("pulling manifest");
    expect(statuses(answer).slice(-2)).toEqual(["writing manifest", "success"]);
    expect((await namesOf()).slice(0, 2)).toEqual(["mine:latest", "big:7b"]);
  });

  test.each<[object, number, string]>([
    [{ model: "x", from: "a//b" }, 400, "invalid model name"],
    [{ model: "x", files: {} }, 400, "unknown type"],
    [{ model: "x", files: { "a.bin": `sha256:${"0".repeat(64)}` } }, 400, "unknown type"],
    [{ model: "x", files: { "/a.gguf": "sha256:00" } }, 400, "file path must be relative"],
    [{ model: "x", files: { "../a.gguf": "sha256:00" } }, 400, "file path must be relative"],
    [{ model: "x", files: { "a.gguf": "" } }, 400, "invalid digest format"],
    [
      { model: "x", files: 5 },
      400,
      "json: cannot unmarshal number into Go struct field CreateRequest.files of type map[string]string",
    ],
    [{ model: 5 }, 400, "json: cannot unmarshal number into Go struct field CreateRequest.model of type string"],
    [{ model: "x", from: "smollm2:135m", template: "{{ .Foo" }, 400, "template error: template: :1: unclosed action"],
  ])("refuses %j", async (body, status, error) => {
    await start();
    const answer = await call("/api/create", body);
    expect([answer.status, textOf(answer)]).toEqual([status, JSON.stringify({ error })]);
    expect(await namesOf()).toHaveLength(3);
  });

  test("finds the disk full", async () => {
    await start({ models: [{ ...big, quantization: "F16" }], machine: { diskBytes: 4.0001e9 } });
    const answer = await call("/api/create", { model: "x", from: "big:7b", quantize: "Q8_0" });
    expect(statuses(answer).at(-1)).toMatch(/^write .*: no space left on device$/);
    const file = Buffer.alloc(200_000);
    expect((await upload(sha256(file), file)).status).toBe(500);
    await expect(startSimulatedOllama({ models: [big], machine: { diskBytes: 1e9 } })).rejects.toThrow(
      "too small for big:7b",
    );
  });
});

test("a body that is none, and names of wrong types, are refused on every route", async () => {
  await start();
  for (const path of ["/api/pull", "/api/push", "/api/create", "/api/copy"]) {
    for (const body of ["", "{", "[]", '{"model":5,"source":5}']) {
      const headers = [["Host", `127.0.0.1:${server.port}`]] as const;
      const answer = await sendRaw(server.port, { method: "POST", path, headers, body: Buffer.from(body) });
      expect(answer.status).toBe(400);
    }
  }
  expect(await remove("a//b")).toMatchObject({ status: 400 });
});

/** A file with as much of a head as matters: four values, one of them a list. */
function ggufFile(): Buffer {
  const text = (value: string) => Buffer.concat([long(value.length), Buffer.from(value)]);
  const long = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const int = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const values = [
    [text("general.architecture"), int(8), text("qwen2")],
    [text("tokenizer.ggml.tokens"), int(9), int(8), long(2), text("a"), text("bc")],
    [text("general.file_type"), int(4), int(1)],
    [text("qwen2.context_length"), int(4), int(4096)],
  ];
  return Buffer.concat([Buffer.from("GGUF"), int(3), long(0), long(values.length), ...values.flat()]);
}
