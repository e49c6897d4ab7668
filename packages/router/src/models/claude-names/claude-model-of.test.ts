import type { ModelKey } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { plainModel, plainNode } from "../../domain/testing/plain-node.ts";
import type { ModelPlace } from "./best-chat-model.ts";
import { type ClaudeNameQuestion, claudeModelOf } from "./claude-model-of.ts";

const CHAT: ModelSnapshot["capabilities"] = ["completion"];
const TOOLS: ModelSnapshot["capabilities"] = ["completion", "tools"];
const LOADED: ModelSnapshot["loaded"] = { sizeBytes: 1, vramBytes: undefined, contextLength: 4096 };

interface Wishes extends Partial<Omit<ModelSnapshot, "facts">> {
  readonly facts?: Partial<ModelSnapshot["facts"]>;
  readonly node?: Partial<ModelPlace["node"]>;
  readonly isUnreachable?: boolean;
}

const place = (name: string, { node, isUnreachable, facts, ...wishes }: Wishes = {}): ModelPlace => {
  const plain = plainModel(name);
  return {
    node: plainNode("n", node),
    backend: { reachability: isUnreachable === true ? "unreachable" : "reachable" },
    model: { ...plain, capabilities: CHAT, ...wishes, facts: { ...plain.facts, ...facts } },
  };
};

const held = (...places: readonly ModelPlace[]): ClaudeNameQuestion["models"] => {
  const models = new Map<ModelKey, ModelPlace[]>();
  for (const one of places) {
    const key = modelKeyOf(one.model.name) as ModelKey;
    models.set(key, [...(models.get(key) ?? []), { ...one, model: { ...one.model, key } }]);
  }
  return models;
};

const ask = (requested: string, wishes: Partial<ClaudeNameQuestion> = {}) =>
  claudeModelOf({ requested, map: {}, autoRoute: false, models: held(), ...wishes });

describe("the model behind a claude name", () => {
  const map = {
    default: "qwen3-coder:30b",
    "claude-haiku": "small",
    "claude-haiku-4-5": "qwen3:14b",
    "claude-sonnet-4-5": "qwen3:32b",
    "gpt-4o": "other",
  };

  it.each([
    ["claude-sonnet-4-5", "qwen3:32b"],
    ["claude-sonnet-4-5-20250929", "qwen3:32b"],
    ["Claude-Sonnet-4-5-20250929", "qwen3:32b"],
    ["claude-haiku-4-5-20251001", "qwen3:14b"],
    ["claude-haiku-3", "small"],
    ["claude-haiku", "small"],
    ["claude-haiku4", "qwen3-coder:30b"],
    ["claude-sonnet-4-50", "qwen3-coder:30b"],
    ["claude-opus-4-1", "qwen3-coder:30b"],
    ["claude", "qwen3-coder:30b"],
    ["gpt-4o", "other"],
    ["gpt-4o-mini", "gpt-4o-mini"],
    ["qwen3", "qwen3"],
    ["claude-x:7b", "claude-x:7b"],
    ["default", "qwen3-coder:30b"],
  ])("%s is served by %s", (requested, served) => {
    expect(ask(requested, { map })).toBe(served);
  });

  it("is the model of that name where a node has one, unless the map says otherwise in these very words", () => {
    const models = held(place("claude-haiku-4-5-mine"), place("claude-haiku"));
    expect(ask("claude-haiku-4-5-mine", { map, models })).toBe("claude-haiku-4-5-mine");
    expect(ask("Claude-Haiku-4-5-Mine:latest", { map, models })).toBe("Claude-Haiku-4-5-Mine:latest");
    expect(ask("claude-haiku", { map, models })).toBe("small");
  });

  it("loses the predecessor's mark of MLX servers, unless a model is called so", () => {
    const marked = { default: "mlx:ns/model", "claude-2": "mlx:real" };
    expect(ask("claude-3", { map: marked })).toBe("ns/model");
    expect(ask("claude-2", { map: marked, models: held(place("mlx:real")) })).toBe("mlx:real");
  });

  it("is nothing without a map, an automatic choice, or anything to choose from", () => {
    expect(ask("claude-3")).toBeUndefined();
    expect(ask("claude-3", { autoRoute: true })).toBeUndefined();
    expect(ask("claude-3", { models: held(place("a")) })).toBeUndefined();
    expect(ask("claude-3", { map: { default: " " }, autoRoute: true, models: held(place("a")) })).toBe("a");
  });

  it("comes from the longest key of its family, whatever else is in the map", () => {
    const part = fc.constantFrom("claude", "sonnet", "haiku", "4", "5", "45", "20250929");
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => ["claude", ...parts].join("-"));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), name, (keys, requested) => {
        const parts = requested.split("-");
        const families = parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
        const expected = families.find((family) => keys.includes(family));
        const entries = Object.fromEntries(keys.map((key) => [key, `model of ${key}`]));
        expect(ask(requested, { map: entries })).toBe(expected === undefined ? undefined : `model of ${expected}`);
      }),
    );
  });

  it("is no member that every object has", () => {
    for (const name of ["constructor", "__proto__", "toString"]) expect(ask(name, { map })).toBe(name);
    expect(ask("claude-constructor", { map: {} })).toBeUndefined();
  });
});

describe("the best chat model", () => {
  const choose = (places: readonly ModelPlace[], needed: ClaudeNameQuestion["needed"] = []) =>
    ask("claude-sonnet-4-5", { autoRoute: true, models: held(...places), needed });
  const size = (parameterSize: string) => ({ facts: { parameterSize } });

  it.each<[string, ModelPlace, ModelPlace]>([
    ["tools before memory", place("b", { capabilities: TOOLS }), place("a", { loaded: LOADED })],
    ["memory before size", place("b", { loaded: LOADED }), place("a", size("70B"))],
    ["more parameters", place("b", size("7.6B")), place("a", size("999M"))],
    ["more bytes where no parameters are told", place("b", { sizeBytes: 5e9 }), place("a", { sizeBytes: 4e9 })],
    ["a longer context", place("b", { contextMax: 32_768 }), place("a", { contextMax: 8_192 })],
    ["the name at last", place("a"), place("b")],
    ["a known chat model before an unknown one", place("b"), place("a", { capabilities: undefined, loaded: LOADED })],
    ["a node that can answer", place("b"), place("a", { capabilities: TOOLS, node: { status: "offline" } })],
    ["a node that stays", place("b"), place("a", { capabilities: TOOLS, node: { isDraining: true } })],
    ["a backend that answers", place("b"), place("a", { capabilities: TOOLS, isUnreachable: true })],
  ])("prefers %s", (_what, better, worse) => {
    expect(choose([worse, better])).toBe(better.model.name);
    expect(choose([better, worse])).toBe(better.model.name);
  });

  it("has what the request needs, where any has", () => {
    const places = [
      place("tools", { capabilities: TOOLS, loaded: LOADED }),
      place("eyes", { capabilities: ["completion", "vision"] }),
    ];
    expect(choose(places, ["completion", "vision"])).toBe("eyes");
    expect(choose(places, ["completion", "audio"])).toBe("tools");
    const unknown = place("unknown", { capabilities: undefined });
    expect(choose([...places, unknown], ["completion", "audio"])).toBe("unknown");
    expect(choose([...places, unknown], ["completion", "tools"])).toBe("tools");
  });

  it.each([
    ["an embedding model", { capabilities: ["embedding"] as const }, "a"],
    ["an image model", { capabilities: ["image"] as const }, "a"],
    ["an embedding model of which nobody tells what it can", { capabilities: undefined }, "nomic-embed-text"],
    ["one of a family that embeds", { capabilities: undefined, facts: { family: "nomic-bert" } }, "a"],
    ["an image model of which nobody tells what it can", { capabilities: undefined }, "x/flux2"],
    ["a model of the cloud", {}, "gpt-oss:120b-cloud"],
    ["another model of the cloud", {}, "deepseek:cloud"],
  ])("is never %s", (_what, wishes, name) => {
    expect(choose([place(name, wishes)])).toBeUndefined();
  });

  it("is one of which nobody tells what it can, rather than none", () => {
    expect(choose([place("llama3", { capabilities: undefined })])).toBe("llama3");
  });

  it("counts what any node knows of it", () => {
    const models = [
      place("a", { capabilities: undefined }),
      place("a", { capabilities: TOOLS, loaded: LOADED }),
      place("b"),
    ];
    expect(choose(models)).toBe("a");
  });

  const anyPlace = fc
    .record({
      name: fc.constantFrom("a", "b", "c:7b", "ns/d", "embed-e", "f:cloud", "x/g"),
      capabilities: fc.constantFrom<ModelSnapshot["capabilities"]>(
        undefined,
        CHAT,
        TOOLS,
        ["embedding"],
        ["completion", "vision"],
      ),
      loaded: fc.constantFrom(undefined, LOADED),
      sizeBytes: fc.option(fc.nat(), { nil: undefined }),
      contextMax: fc.option(fc.nat(), { nil: undefined }),
      parameterSize: fc.constantFrom(undefined, "7B", "135M", "nonsense"),
      status: fc.constantFrom("online" as const, "offline" as const),
    })
    .map(({ name, status, parameterSize, ...wishes }) =>
      place(name, { ...wishes, node: { status }, facts: { parameterSize } }),
    );

  it("is the same whatever the order, and taking any other model away changes nothing", () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { maxLength: 12 }), fc.nat(), (places, turn) => {
        const chosen = choose(places);
        const turned = [...places.slice(turn % (places.length + 1)), ...places.slice(0, turn % (places.length + 1))];
        expect(choose(turned)).toBe(chosen);
        expect(choose(places.filter(({ model }) => model.name === chosen))).toBe(chosen);
        const others = [...new Set(places.map(({ model }) => model.name))].filter((name) => name !== chosen);
        for (const gone of others) expect(choose(places.filter(({ model }) => model.name !== gone))).toBe(chosen);
        if (chosen === undefined) return;
        const own = places.filter(({ model }) => model.name === chosen);
        expect(own.some(({ model }) => model.capabilities?.includes("embedding") !== true)).toBe(true);
      }),
    );
  });
});
