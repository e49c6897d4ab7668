import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { heartbeat, heartbeatExamples } from "./heartbeat.ts";
import { type ParsedHeartbeat, parseHeartbeat } from "./parse-heartbeat.ts";

const GOOD = heartbeatExamples.accepted as Readonly<Record<string, unknown>> & {
  readonly ollama: Readonly<Record<string, unknown>>;
};

const SERVER = { kind: "openai-compatible", path: "/openai-8080" };

/** The good example with some fields replaced; undefined takes a field out. */
const withFields = (fields: Readonly<Record<string, unknown>>) =>
  JSON.parse(JSON.stringify({ ...GOOD, ...fields })) as Record<string, unknown>;

const withOllama = (fields: Readonly<Record<string, unknown>>) => withFields({ ollama: { ...GOOD.ollama, ...fields } });

const refusedField = (body: unknown): string | undefined => {
  const parsed = parseHeartbeat(body);
  return parsed.kind === "refused" ? parsed.problem.path : undefined;
};

function reportOf(body: unknown): Extract<ParsedHeartbeat, { kind: "report" }> {
  const parsed = parseHeartbeat(body);
  if (parsed.kind !== "report") throw new Error(`no report: ${JSON.stringify(parsed)}`);
  return parsed;
}

const droppedPaths = (body: unknown): readonly string[] => reportOf(body).dropped.map(({ path }) => path);

describe("a heartbeat", () => {
  test("that can be read is read whole", () => {
    const { heartbeat: read, dropped } = reportOf(GOOD);
    expect(dropped).toEqual([]);
    expect(read).toEqual(heartbeat.parse(GOOD));
  });

  test.each([
    ["node_id", { node_id: undefined }],
    ["node_id", { node_id: "" }],
    ["node_id", { node_id: "with blank" }],
    ["node_id", { node_id: "ümlaut" }],
    ["node_id", { node_id: "x".repeat(129) }],
    ["node_id", { node_id: 7 }],
    ["cpu", { cpu: undefined }],
    ["cpu.cores_physical", { cpu: { utilization_pct: 1 } }],
    ["cpu.utilization_pct", { cpu: { cores_physical: 8, utilization_pct: "1" } }],
    ["memory", { memory: null }],
    ["memory.total_gb", { memory: {} }],
    ["ollama", { ollama: undefined }],
    ["ollama", { ollama: [] }],
    ["ollama", { ollama: "http://localhost" }],
  ])("is refused because of %s: %o", (path, fields) => {
    expect(refusedField(withFields(fields))).toBe(path);
  });

  test.each([undefined, null, 1, "text", true, [], [GOOD]])("that is %o is refused", (body) => {
    expect(refusedField(body)).toBe("(body)");
  });

  test("says the name of its node without the blanks around it", () => {
    expect(reportOf(withFields({ node_id: " mac-mini\n" })).heartbeat.node_id).toBe("mac-mini");
  });

  test.each([
    ["power.source", { power: { source: "steam" } }, "power"],
    ["gpus.0.name", { gpus: [{ vram_total_gb: 8 }] }, "gpus"],
    ["thermal", { thermal: "hot" }, "thermal"],
    ["timestamp", { timestamp: "now" }, "timestamp"],
    ["gateway.port", { gateway: { port: 70_000 } }, "gateway"],
    ["backends", { backends: "many" }, "backends"],
    ["draining", { draining: "yes" }, "draining"],
  ])("counts without %s, which is named", (path, fields, member) => {
    const body = withFields(fields);
    expect(droppedPaths(body)).toEqual([path]);
    expect(reportOf(body).heartbeat).not.toHaveProperty(member);
  });

  test.each([
    ["ollama.models_loaded", { models_loaded: "none" }],
    [
      "ollama.models_loaded[1].size_gb",
      {
        models_loaded: [
          { name: "m:1b", size_gb: 1 },
          { name: "n:1b", size_gb: -1 },
        ],
      },
    ],
    ["ollama.models_available[0]", { models_available: [7, "m:1b"] }],
    ["ollama.models_available[1]", { models_available: ["m:1b", ""] }],
    [
      "ollama.models_available_meta.m:1b.context_max",
      { models_available_meta: { "m:1b": { context_max: 0 }, "n:1b": {} } },
    ],
    ["ollama.models_available_sizes.m:1b", { models_available_sizes: { "m:1b": "big" } }],
    ["ollama.num_parallel", { num_parallel: -1 }],
    ["ollama.reachable", { reachable: "no" }],
    ["ollama.version", { version: 24 }],
  ])("counts without the unreadable part of what is on the node: %s", (path, fields) => {
    expect(droppedPaths(withOllama(fields))).toEqual([path]);
  });

  test("keeps the readable entries of a list beside unreadable ones", () => {
    const { heartbeat: read } = reportOf(
      withOllama({
        models_loaded: [{ name: "m:1b", size_gb: 1 }, { name: "" }, 7],
        models_available: ["m:1b", null, "n:1b"],
        models_available_meta: { "m:1b": { digest: "d" }, "n:1b": { digest: 7 } },
      }),
    );
    expect(read.ollama).toMatchObject({
      models_loaded: [{ name: "m:1b", size_gb: 1 }],
      models_available: ["m:1b", "n:1b"],
      models_available_meta: { "m:1b": { digest: "d" } },
    });
  });

  test.each([
    ["backends[0].path", [{ kind: "ollama", path: "http://evil/" }], []],
    ["backends[0].path", [{ kind: "ollama", path: "/../x" }], []],
    ["backends[0].kind", [{ kind: "steam-engine", path: "/steam" }], []],
    ["backends[1]", [SERVER, null], ["/openai-8080"]],
    ["backends[1].path", [SERVER, { ...SERVER, models: ["other"] }], ["/openai-8080"]],
    ["backends[0].models[1]", [{ ...SERVER, models: ["x", 7] }], ["/openai-8080"]],
    ["backends[0].served[1].name", [{ ...SERVER, served: [{ name: "x" }, { name: "" }] }], ["/openai-8080"]],
    ["backends[0].served[0].context_max", [{ ...SERVER, served: [{ name: "x", context_max: -1 }] }], ["/openai-8080"]],
    ["backends[0].parallelism", [{ ...SERVER, parallelism: "many" }], ["/openai-8080"]],
    ["backends[0].software", [{ ...SERVER, software: 7 }], ["/openai-8080"]],
  ])("counts without %s of its backends: %o", (path, backends, paths) => {
    const body = withFields({ backends });
    expect(droppedPaths(body)).toEqual([path]);
    expect(reportOf(body).heartbeat.backends?.map((backend) => backend.path)).toEqual(paths);
  });

  test("keeps what a backend tells beside what cannot be read of it, and nothing that it does not know", () => {
    const told = { ...SERVER, version: 7, served: [{ name: "x", colour: "red" }, 7], flavour: "new" };
    expect(reportOf(withFields({ backends: [told] })).heartbeat.backends).toEqual([
      {
        kind: "openai-compatible",
        path: "/openai-8080",
        version: "",
        models: [],
        is_reachable: true,
        served: [{ name: "x", is_loaded: true, context_length: 0 }],
      },
    ]);
  });

  test("takes what is missing as empty", () => {
    expect(reportOf(withFields({ ollama: {} })).heartbeat.ollama).toMatchObject({
      models_loaded: [],
      models_available: [],
    });
  });
});

describe("a drain notice", () => {
  test("needs nothing but the node's name", () => {
    expect(parseHeartbeat({ node_id: "a", draining: true })).toEqual({ kind: "drain", nodeId: "a" });
    expect(parseHeartbeat({ node_id: "a", draining: true, cpu: "broken" })).toEqual({ kind: "drain", nodeId: "a" });
  });

  test("without a name is refused", () => {
    expect([refusedField({ draining: true }), refusedField({ draining: true, node_id: "" })]).toEqual([
      "node_id",
      "node_id",
    ]);
  });

  test("is only one when it says exactly that", () => {
    expect(parseHeartbeat(withFields({ draining: false })).kind).toBe("report");
    expect(refusedField({ node_id: "a", draining: 1 })).toBe("cpu");
  });
});

describe("names of an object's own members", () => {
  const hostile = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

  test("are data like any other in what is sent, and change nothing else", () => {
    for (const name of hostile) {
      const text = JSON.stringify(withOllama({ models_available: ["m:1b", name] })).replace(
        '"num_parallel":1',
        `"models_available_meta":{"${name}":{"digest":"d"},"m:1b":{"digest":"e"}},"models_available_sizes":{"${name}":3,"m:1b":4}`,
      );
      const { ollama } = reportOf(JSON.parse(text)).heartbeat;
      expect(ollama.models_available).toEqual(["m:1b", name]);
      expect(ollama.models_available_meta?.["m:1b"]).toEqual({ digest: "e" });
      expect(Object.getPrototypeOf(ollama.models_available_meta)).toBeOneOf([Object.prototype, null]);
    }
    expect(({} as Record<string, unknown>)["digest"]).toBeUndefined();
  });

  test("are no fields that were sent", () => {
    const body = JSON.parse(`{"__proto__":{"node_id":"a"},"cpu":{},"memory":{},"ollama":{}}`) as unknown;
    expect(refusedField(body)).toBe("node_id");
    const inherited = Object.assign(Object.create({ power: { source: "steam" } }), withFields({}));
    expect(droppedPaths(inherited)).toEqual([]);
  });
});

describe("whatever is sent", () => {
  test("never throws, and what it gives can be read again", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(parseHeartbeat(body).kind).toBeOneOf(["report", "drain", "refused"]);
      }),
      { numRuns: 300 },
    );
  });

  const names = Object.keys(heartbeat.shape);
  const mutation = fc.record({ field: fc.constantFrom(...names), value: fc.jsonValue() });

  test("in any field, only an essential one refuses it; every other that cannot be read is dropped and named", () => {
    const essential = /^(node_id|cpu|memory|ollama)(\.|$)/;
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 4 }), (mutations) => {
        const fields = Object.fromEntries(mutations.map(({ field, value }) => [field, value]));
        const parsed = parseHeartbeat(withFields(fields));
        if (parsed.kind === "refused") expect(parsed.problem.path).toMatch(essential);
        if (parsed.kind !== "report") return;
        expect(heartbeat.safeParse(parsed.heartbeat).success).toBe(true);
        for (const { path, reason } of parsed.dropped) {
          expect(reason).not.toBe("");
          expect(
            [...names].some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)),
          ).toBe(true);
        }
        checkKept(fields, parsed);
      }),
      { numRuns: 300 },
    );
  });

  test("on the node's own lists, what is read holds only what can be read", () => {
    const list = fc.array(fc.oneof(fc.jsonValue(), fc.constant("m:1b"), fc.constant({ name: "m:1b", size_gb: 1 })), {
      maxLength: 6,
    });
    const meta = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("__proto__", "m:1b")),
      fc.oneof(fc.jsonValue(), fc.constant({ digest: "d" })),
    );
    fc.assert(
      fc.property(list, list, meta, (loaded, available, facts) => {
        const body = withOllama({ models_loaded: loaded, models_available: available, models_available_meta: facts });
        const { heartbeat: read } = reportOf(body);
        expect(heartbeat.safeParse(read).success).toBe(true);
        expect(read.ollama.models_available).toEqual(
          available.filter((name) => typeof name === "string" && name !== ""),
        );
      }),
    );
  });
});

/** A field that was sent and is not named as dropped is there. */
function checkKept(
  fields: Readonly<Record<string, unknown>>,
  { heartbeat: read, dropped }: Extract<ParsedHeartbeat, { kind: "report" }>,
): void {
  const kept = Object.keys(fields).filter(
    (field) =>
      !dropped.some(({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)),
  );
  for (const field of kept) expect(read).toHaveProperty(field);
}
