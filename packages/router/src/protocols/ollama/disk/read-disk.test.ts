import { describe, expect, test } from "vitest";
import { diskVoices } from "./disk-voices.ts";
import { encodeEmptyLoad } from "./empty-load.ts";
import { isDigest, readCreateSources } from "./read-disk.ts";

const read = (route: keyof typeof diskVoices, body: string) => {
  const { refusal, ...reading } = diskVoices[route].read(Buffer.from(body));
  if (refusal !== undefined) return [refusal.status, refusal.body];
  const judged = diskVoices[route].judge(Buffer.from(body));
  return judged === undefined ? ("facts" in reading ? reading.facts : undefined) : [judged.status, judged.body];
};

describe("bodies that Ollama refuses are refused in its words", () => {
  // Taken from a real 0.24.0.
  test.each([
    ["delete", '{"model":"a//b"}', 400, '{"error":"name \\"a//b\\" is invalid"}'],
    [
      "delete",
      '{"model":"x:cloud:local"}',
      400,
      '{"error":"use either :local or :cloud, not both: \\"x:cloud:local\\""}',
    ],
    [
      "delete",
      '{"model":3}',
      400,
      '{"error":"json: cannot unmarshal number into Go struct field DeleteRequest.model of type string"}',
    ],
    ["delete", "[1]", 400, '{"error":"json: cannot unmarshal array into Go value of type api.DeleteRequest"}'],
    ["delete", "{}", 400, '{"error":"model is required"}'],
    ["copy", '{"source":"a//b","destination":"x"}', 400, '{"error":"source \\"a//b\\" is invalid"}'],
    ["copy", '{"source":"nope"}', 400, '{"error":"destination \\"\\" is invalid"}'],
    ["copy", '{"source":"m","destination":"a//b"}', 400, '{"error":"destination \\"a//b\\" is invalid"}'],
    [
      "copy",
      '{"source":3,"destination":{}}',
      400,
      '{"error":"json: cannot unmarshal number into Go struct field CopyRequest.source of type string"}',
    ],
    ["create", '{"model":"a//b","from":"x"}', 400, '{"error":"invalid model name"}'],
    [
      "create",
      '{"model":"x","files":{"a":3}}',
      400,
      '{"error":"json: cannot unmarshal number into Go struct field CreateRequest.files of type string"}',
    ],
    [
      "create",
      '{"model":"x","parameters":3}',
      400,
      '{"error":"json: cannot unmarshal number into Go struct field CreateRequest.parameters of type map[string]interface {}"}',
    ],
    ["push", '{"model":"a//b","stream":false}', 500, '{"error":"unqualified name: a/!MISSING!/b:latest"}'],
    [
      "push",
      '{"model":"a//b"}',
      200,
      '{"status":"retrieving manifest"}\n{"status":"couldn\'t retrieve manifest"}\n{"error":"unqualified name: a/!MISSING!/b:latest"}\n',
    ],
  ] as const)("%s %s", (route, body, ...answer) => {
    expect(read(route, body)).toEqual(answer);
  });
});

describe("bodies of the routes that change models", () => {
  test.each([
    ["delete", '{"model":"","name":"Mine"}', { model: "Mine", kind: "delete" }],
    ["copy", '{"source":"a","destination":"b"}', { model: "a", kind: "copy" }],
    ["push", '{"name":"u/m","insecure":true}', { model: "u/m", kind: "push", isStream: true }],
    ["create", '{"model":"mine","from":"m","stream":false}', { model: "mine", kind: "create", isStream: false }],
  ] as const)("%s %s tells its model", (route, body, facts) => {
    expect(read(route, body)).toMatchObject(facts);
  });

  test("tell what a model is created from; what is no digest names no file", () => {
    const [one, two] = [`sha256:${"a".repeat(64)}`, `sha256-${"B".repeat(64)}`];
    const body = { from: "base", files: { x: one, y: one, z: "zzz" }, adapters: { w: two } };
    expect(readCreateSources(Buffer.from(JSON.stringify(body)))).toEqual({ from: "base", digests: [one, two] });
    expect(readCreateSources(Buffer.from('{"from":""}'))).toEqual({ from: undefined, digests: [] });
    for (const text of ["xyz", `${one}0`, `sha256:${"g".repeat(64)}`, "../../etc", `${one}\n`])
      expect(isDigest(text)).toBe(false);
  });
});

test("a load or unload without a node is answered in Ollama's bytes", () => {
  const at = Date.parse("2026-11-22T13:51:09.301Z");
  expect(encodeEmptyLoad({ model: "smollm2:135m", reason: "unload", route: "/api/generate", at })).toBe(
    '{"model":"smollm2:135m","created_at":"2026-11-22T13:51:09.301Z","response":"","done":true,"done_reason":"unload"}',
  );
  expect(encodeEmptyLoad({ model: "a<b", reason: "load", route: "/api/chat", at })).toBe(
    '{"model":"a\\u003cb","created_at":"2026-11-22T13:51:09.301Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"load"}',
  );
});
