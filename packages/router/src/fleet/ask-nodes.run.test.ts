import { type Heartbeat, modelKey, nodeId } from "@herd/shared";
import { beforeEach, describe, expect, test } from "vitest";
import type { ModelSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { type AskBackend, askForModels, readWhatAgentsLeaveOut } from "./ask-nodes.run.ts";
import { Registry } from "./registry.ts";
import { makeHeartbeat, ORIGIN } from "./testing/heartbeats.ts";

let now: number;
let registry: Registry;
/** Calls that were made, and what they are answered with. */
let calls: string[];
let answers: Record<string, unknown>;

const ask: AskBackend = async ({ node, method, path, body }) => {
  const model = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  calls.push(`${node} ${method} ${path}${model}`);
  return answers[`${node} ${path}`] ?? answers[path];
};

beforeEach(() => {
  now = 1_790_000_000_000;
  calls = [];
  answers = {};
  registry = new Registry({
    now: () => now,
    bounds: { degradedAfterMs: 15_000, offlineAfterMs: 30_000 },
    medianDecodeSpeed: () => undefined,
    onChange: () => undefined,
  });
});

const join = (id: string, ollama: Partial<Heartbeat["ollama"]> = {}, publicKey: string | undefined = "key"): void => {
  registry.accept({ heartbeat: makeHeartbeat({ node_id: id }, ollama), origin: { ...ORIGIN, publicKey }, dropped: [] });
};

/** An agent of the predecessor, which does not sign. */
const joinLegacy = (id: string, ollama: Partial<Heartbeat["ollama"]> = {}): void => {
  const origin = { ...ORIGIN, publicKey: undefined };
  registry.accept({ heartbeat: makeHeartbeat({ node_id: id, gateway: null }, ollama), origin, dropped: [] });
};

const modelOn = (id: string, name: string): ModelSnapshot | undefined => {
  const node = registry.snapshot().nodes.find((known) => known.nodeId === id);
  return node?.backends[0]?.models.get(modelKeyOf(name) ?? modelKey(""));
};

describe("asking the nodes for their models", () => {
  test("finds what was pulled a moment ago, with size and facts", async () => {
    join("a", { models_available: ["old:latest"] });
    answers["/api/tags"] = {
      models: [
        { name: "old:latest", size: 1, digest: "d0" },
        {
          name: "new:1b",
          size: 2 ** 31,
          digest: "d1",
          modified_at: "today",
          details: { format: "gguf", family: "llama", parameter_size: "1B", quantization_level: "Q4_0" },
        },
      ],
    };
    await askForModels(registry, ask);
    expect(modelOn("a", "new:1b")).toMatchObject({
      digest: "d1",
      sizeBytes: 2 ** 31,
      facts: { modifiedAt: "today", format: "gguf", family: "llama", parameterSize: "1B", quantization: "Q4_0" },
    });
    expect(modelOn("a", "old")).toBeDefined();
  });

  test("asks only those that can be reached, all at once", async () => {
    join("a");
    join("b", { reachable: false });
    now += 31_000;
    join("c");
    join("d");
    registry.sweep();
    await askForModels(registry, ask);
    expect(calls).toEqual(["c GET /api/tags", "d GET /api/tags"]);
  });

  test.each([undefined, null, "text", 7, {}, { models: "none" }, { models: { a: 1 } }])(
    "takes nothing away when the answer is %o",
    async (answer) => {
      join("a", { models_available: ["m:latest"] });
      answers["/api/tags"] = answer;
      await askForModels(registry, ask);
      expect(modelOn("a", "m")).toBeDefined();
    },
  );

  test("passes over entries that name no model", async () => {
    join("a");
    answers["/api/tags"] = { models: [null, 7, {}, { name: 3 }, { name: "m:latest", size: "big", details: [] }] };
    await askForModels(registry, ask);
    expect(registry.snapshot().holders.size).toBe(1);
  });
});

describe("reading what agents do not tell", () => {
  const lacking = (digest: string) => ({
    models_available: ["m:latest"],
    models_available_meta: { "m:latest": { digest } },
  });

  test("asks once per digest, wherever it lies", async () => {
    join("a", lacking("d1"));
    join("b", lacking("d1"));
    answers["/api/show"] = {
      capabilities: ["completion", "vision"],
      model_info: { "general.architecture": "llama", "llama.context_length": 131_072 },
    };
    await readWhatAgentsLeaveOut(registry, ask);
    await readWhatAgentsLeaveOut(registry, ask);
    expect(calls).toEqual(['a POST /api/show {"model":"m:latest"}']);
    for (const id of ["a", "b"])
      expect(modelOn(id, "m")).toMatchObject({ capabilities: ["completion", "vision"], contextMax: 131_072 });
  });

  test("asks nothing where the agent tells, the digest is unknown, or nobody can be reached", async () => {
    join("a", {
      models_available: ["m:latest"],
      models_available_meta: { "m:latest": { digest: "d1", capabilities: ["tools"] } },
    });
    join("b", { models_available: ["m:latest"] });
    join("c", { ...lacking("d2"), reachable: false });
    await readWhatAgentsLeaveOut(registry, ask);
    expect(calls).toEqual([]);
  });

  test("asks the next holder when the first does not answer", async () => {
    join("a", lacking("d1"));
    join("b", lacking("d1"));
    answers["b /api/show"] = { capabilities: ["completion"] };
    await readWhatAgentsLeaveOut(registry, ask);
    expect(calls).toHaveLength(2);
    expect(modelOn(nodeId("a"), "m")?.capabilities).toEqual(["completion"]);
  });

  test.each([{}, { capabilities: "tools" }, { capabilities: null, model_info: 3 }])(
    "learns nothing from %o",
    async (answer) => {
      join("a", lacking("d1"));
      answers["/api/show"] = answer;
      await readWhatAgentsLeaveOut(registry, ask);
      expect(modelOn("a", "m")?.capabilities).toBeUndefined();
    },
  );

  test("asks agents of the predecessor for version, digests and facts, once", async () => {
    joinLegacy("a", { models_available: ["m:latest"] });
    answers["/api/version"] = { version: "0.9.0" };
    answers["/api/tags"] = { models: [{ name: "m:latest", digest: "d1", size: 2 ** 30 }] };
    answers["/api/show"] = { capabilities: ["completion"], model_info: {} };
    await readWhatAgentsLeaveOut(registry, ask);
    expect(registry.snapshot().nodes[0]?.backends[0]?.version).toBe("0.9.0");
    expect(modelOn("a", "m")).toMatchObject({ digest: "d1", sizeBytes: 2 ** 30, capabilities: ["completion"] });
    const asked = calls.length;
    joinLegacy("a", { models_available: ["m:latest"] });
    await readWhatAgentsLeaveOut(registry, ask);
    expect([calls.length, calls.map((call) => call.split(" ")[2])]).toEqual([
      asked,
      ["/api/version", "/api/tags", "/api/show"],
    ]);
  });
});
