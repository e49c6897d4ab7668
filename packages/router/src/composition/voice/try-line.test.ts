import { describe, expect, test } from "vitest";
import type { ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { makeCandidate, makeModel } from "../../scheduling/testing/make-view.ts";
import { modelToTry, tryLine } from "./try-line.ts";

const GIB = 2 ** 30;
const loaded = { sizeBytes: GIB, vramBytes: undefined, contextLength: 4096 };
const nodeWith = (id: string, models: readonly ModelSnapshot[], wishes: Partial<NodeSnapshot> = {}): NodeSnapshot => {
  const [first, ...others] = models;
  return makeCandidate(id, { model: first ?? {}, others, node: wishes }).node;
};
const tried = (...nodes: readonly NodeSnapshot[]): string | undefined => modelToTry({ nodes })?.name;
const big = makeModel("big:70b", { sizeBytes: 40 * GIB, capabilities: ["completion"] });
const small = makeModel("small:1b", { sizeBytes: GIB, capabilities: ["completion"] });
const embedder = makeModel("bge-m3", { sizeBytes: GIB / 4, capabilities: ["embedding"] });

describe("the model to try", () => {
  test("is a small one that answers prompts", () => {
    expect(tried(nodeWith("a", [big, embedder, small]))).toBe("small:1b");
  });

  test("is rather one in memory than a smaller one on disk", () => {
    expect(tried(nodeWith("a", [{ ...big, loaded }, small]))).toBe("big:70b");
  });

  test("is rather a real one than one of the demo, and the demo's where there is no other", () => {
    const demo = nodeWith("d", [{ ...small, name: "demo-chat:8b", loaded }], { isSimulated: true });
    expect(tried(demo, nodeWith("a", [big]))).toBe("big:70b");
    expect(tried(demo)).toBe("demo-chat:8b");
  });

  test("embeds where nothing answers prompts", () => {
    expect(tried(nodeWith("a", [embedder]))).toBe("bge-m3");
  });

  test("is on a machine that can serve it now", () => {
    expect(
      tried(nodeWith("a", [small], { status: "offline" }), nodeWith("b", [small], { isDraining: true })),
    ).toBeUndefined();
    expect(tried()).toBeUndefined();
  });

  test("never has a name that would do something else in a shell", () => {
    const names = ["a'; rm -rf ~ #", "$(reboot)", "-x", "a b", "a\u001b[2J", `x${"y".repeat(99)}`];
    expect(tried(...names.map((name, at) => nodeWith(`n${at}`, [{ ...small, name }])))).toBeUndefined();
    expect(tried(nodeWith("a", [{ ...small, name: "hf.co/unsloth/Qwen3-4B-GGUF:Q4_K_M" }]))).toBe(
      "hf.co/unsloth/Qwen3-4B-GGUF:Q4_K_M",
    );
  });
});

describe("the line to copy", () => {
  test("asks the model in one line", () => {
    expect(tryLine(small, "http://localhost:11435", "linux")).toBe(
      `curl -s localhost:11435/api/generate -d '{"model":"small:1b","prompt":"Why is the sky blue?","stream":false}'`,
    );
    expect(tryLine({ ...small, name: "demo-chat:latest" }, "http://x:1", "linux")).toContain('"model":"demo-chat",');
    expect(tryLine(embedder, "http://localhost:11435", "darwin")).toContain(
      '/api/embed -d \'{"model":"bge-m3","input":',
    );
  });

  test("is quoted as Windows's shell wants it", () => {
    expect(tryLine(small, "http://localhost:11435", "win32")).toContain('-d "{\\"model\\":\\"small:1b\\",');
  });
});
