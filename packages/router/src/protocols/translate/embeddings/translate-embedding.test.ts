import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WireRoute } from "../../../domain/wire-route.ts";
import { llamaServerReply } from "../testing/llama-server.ts";
import { masked } from "../testing/masked.ts";
import { callDirectly, callTranslated, taskOf, translator } from "../testing/translated-call.ts";

const model = "all-minilm:latest";
let ollama: SimulatedOllama;

beforeAll(async () => {
  ollama = await startSimulatedOllama();
});
afterAll(() => ollama.close());

const expectEqual = async (from: WireRoute, to: WireRoute, body: object) => {
  const direct = await callDirectly({ url: ollama.url, from, body });
  const translated = await callTranslated({ url: ollama.url, from, to, body });
  expect(masked(translated.text)).toBe(masked(direct.text));
  expect(translated.contentType).toBe(direct.contentType);
};

/** What a backend that answers with this text is made to say. */
const replyTo = (from: WireRoute, to: WireRoute, { body, answer }: { body: object; answer: string }) => {
  const translation = translator().translate(taskOf({ from, to, body: { model, ...body } }));
  if (translation.kind === "untranslatable") throw new Error(translation.why);
  const reply = translation.createReply();
  for (const byte of Buffer.from(answer)) reply.translate(Uint8Array.of(byte));
  const end = reply.end();
  return end === undefined ? undefined : Buffer.from(end).toString();
};

const refusalOf = (from: WireRoute, to: WireRoute, body: object): string | undefined => {
  const translation = translator().translate(taskOf({ from, to, body: { model, ...body } }));
  return translation.kind === "untranslatable" ? translation.why : undefined;
};

const asked = (from: WireRoute, to: WireRoute, body: object) => {
  const translation = translator().translate(taskOf({ from, to, body: { model, ...body } }));
  if (translation.kind === "untranslatable") throw new Error(translation.why);
  return { body: JSON.parse(Buffer.from(translation.body).toString()) as unknown, ignored: translation.ignored };
};

describe("vectors by another route of the same server", () => {
  it.each([
    ["one text", { input: "sea" }],
    ["a list", { input: ["sea", "boat", "out & <in>"] }],
    ["an empty text in a list", { input: ["sea", ""] }],
    ["fewer dimensions", { input: ["sea", "boat"], dimensions: 8 }],
    ["base64", { input: ["sea", "boat"], encoding_format: "base64" }],
  ])("are those of OpenAI's route by Ollama's: %s", (_title, body) =>
    expectEqual("/v1/embeddings", "/api/embed", { model, ...body }),
  );

  it.each([
    ["one text", { input: "sea" }],
    ["a list", { input: ["sea", "boat"] }],
    ["fewer dimensions", { input: ["sea", "boat"], dimensions: 8 }],
    ["nothing but a load", { input: "" }],
  ])("are those of Ollama's route by OpenAI's: %s", (_title, body) =>
    expectEqual("/api/embed", "/v1/embeddings", { model, ...body }),
  );

  it("load a model by the older route of Ollama", () =>
    expectEqual("/api/embeddings", "/v1/embeddings", { model, prompt: "" }));
});

describe("the digits of a vector", () => {
  const answer = '{"embedding":[1.0000000000000000001,-0, 2e-7,0.1234567890123456789]}';

  it("are the backend's own", () => {
    expect(
      replyTo("/api/embed", "/v1/embeddings", {
        body: { input: "x" },
        answer: `{"model":"m","data":[${answer}],"usage":{"prompt_tokens":3}}`,
      }),
    ).toBe(
      '{"model":"all-minilm:latest","embeddings":[[1.0000000000000000001,-0, 2e-7,0.1234567890123456789]],"total_duration":1000000,"prompt_eval_count":3}',
    );
    expect(
      replyTo("/api/embeddings", "/v1/embeddings", { body: { prompt: "x" }, answer: `{"data":[${answer}]}` }),
    ).toBe(answer);
  });

  it("are computed anew where Ollama's oldest route gives a vector of another length", () => {
    const reply = replyTo("/v1/embeddings", "/api/embeddings", {
      body: { input: "x" },
      answer: '{"embedding":[3,0,4]}',
    });
    expect(JSON.parse(reply ?? "")).toMatchObject({ data: [{ embedding: [0.6, 0, 0.8], index: 0 }] });
  });

  it("are kept by the oldest route where the length is 1 already", () => {
    const text = "[0.6000000001,0,0.8]";
    const reply = replyTo("/v1/embeddings", "/api/embeddings", {
      body: { input: "x" },
      answer: `{"embedding":${text}}`,
    });
    expect(reply).toContain(text);
  });

  it("become floats of four bytes, the lowest first, in base64 and back", () => {
    const float = replyTo("/v1/embeddings", "/api/embed", {
      body: { input: "x", encoding_format: "base64" },
      answer: '{"embeddings":[[1,-2.5]]}',
    });
    const base64 = Buffer.from(new Uint8Array([0, 0, 128, 63, 0, 0, 32, 192])).toString("base64");
    expect(JSON.parse(float ?? "")).toMatchObject({ data: [{ embedding: base64 }] });
    const back = replyTo("/api/embed", "/v1/embeddings", {
      body: { input: "x" },
      answer: `{"data":[{"embedding":"${base64}","index":0}]}`,
    });
    expect(back).toContain('"embeddings":[[1,-2.5]]');
  });

  it("are cut and brought to the length 1 where the server passes over the number of dimensions", () => {
    const reply = replyTo("/api/embed", "/v1/embeddings", {
      body: { input: "x", dimensions: 2 },
      answer: '{"data":[{"embedding":[3,4,12],"index":0}]}',
    });
    expect(reply).toContain('"embeddings":[[0.6,0.8]]');
  });
});

describe("the vectors of a real llama-server", () => {
  const ask = (name: string, body: object) =>
    JSON.parse(
      replyTo("/api/embed", "/v1/embeddings", { body, answer: Buffer.from(llamaServerReply(name)).toString() }) ?? "{}",
    ) as {
      readonly embeddings: readonly (readonly number[])[];
      readonly prompt_eval_count: number;
    };

  it("are read as numbers and as base64, and tell the tokens", () => {
    const { embeddings, prompt_eval_count } = ask("embeddings", { input: ["one", "two"] });
    expect(embeddings.map((vector) => vector.length)).toEqual([576, 576]);
    expect(Math.hypot(...(embeddings[0] ?? []))).toBeCloseTo(1, 4);
    expect(prompt_eval_count).toBeGreaterThan(0);
    const [decoded = []] = ask("embeddings-base64", { input: "one" }).embeddings;
    expect(decoded).toHaveLength(576);
    for (const [index, number] of decoded.entries()) expect(number).toBeCloseTo(embeddings[0]?.[index] ?? 9, 2);
  });
});

describe("an answer with vectors", () => {
  const body = { input: ["a", "b"] };

  it("is put into the order of the texts", () => {
    const answer = '{"error":null,"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}';
    expect(replyTo("/api/embed", "/v1/embeddings", { body, answer })).toContain('"embeddings":[[1],[2]]');
  });

  it.each([
    ["a vector too few", '{"data":[{"index":0,"embedding":[1]}]}'],
    ["an error", '{"error":{"message":"no"}}'],
    ["no object", "[1]"],
    ["half an object", '{"data":[{"index":0,"embedding":[1]},{"index":1,"emb'],
    ["a list for each token", '{"data":[{"embedding":[[1]]},{"embedding":[[2]]}]}'],
    ["base64 that is none", '{"data":[{"embedding":"AA"},{"embedding":"AA"}]}'],
    ["nothing", ""],
  ])("is not understood when it is %s", (_title, answer) => {
    expect(replyTo("/api/embed", "/v1/embeddings", { body, answer })).toBeUndefined();
  });
});

describe("a request for vectors", () => {
  it("is refused where a backend cannot say it, by the name of the member", () => {
    expect(refusalOf("/v1/embeddings", "/api/embeddings", { input: ["a", "b"] })).toMatch(/^input: /);
    expect(refusalOf("/v1/embeddings", "/api/embeddings", { input: "a", dimensions: 3 })).toMatch(/^dimensions: /);
    expect(refusalOf("/api/embed", "/api/embeddings", { input: "a", truncate: false })).toMatch(/^truncate: /);
    expect(refusalOf("/v1/embeddings", "/api/embed", { input: [[1, 2]] })).toMatch(/^input: /);
    expect(refusalOf("/v1/embeddings", "/api/embed", { input: "a", encoding_format: "int8" })).toMatch(/^encoding/);
    expect(refusalOf("/v1/embeddings", "/api/embed", {})).toBe("invalid input");
    expect(refusalOf("/api/embed", "/v1/embeddings", { input: "a", options: { num_gpu: 0 } })).toMatch(
      /^options.num_gpu/,
    );
  });

  it("goes without what does no harm, and says so", () => {
    const body = { input: "a", keep_alive: "5m", truncate: true, options: { num_ctx: 512 } };
    expect(asked("/api/embed", "/v1/embeddings", body)).toEqual({
      body: { model, input: "a", encoding_format: "float" },
      ignored: ["num_ctx", "keep_alive", "truncate"],
    });
  });

  it("keeps Ollama's own words between routes of Ollama", () => {
    const body = { Input: ["a"], KEEP_ALIVE: 0, options: { num_ctx: 512 } };
    expect(asked("/api/embed", "/api/embeddings", body)).toEqual({
      body: { model, prompt: "a", keep_alive: 0, options: { num_ctx: 512 } },
      ignored: [],
    });
  });
});
