import { describe, expect, test } from "vitest";
import { pullReader, readNodeId } from "./read-pull.ts";

const read = (body: string) => {
  const { refusal, ...found } = pullReader.read(Buffer.from(body));
  return refusal ?? ("facts" in found ? found.facts : undefined);
};

describe("the body of a pull", () => {
  test.each([
    ['{"model":"m"}', { model: "m", isStream: true }],
    ['{"name":"m","stream":false}', { model: "m", isStream: false }],
    ['{"model":"","name":"m:1b","insecure":true}', { model: "m:1b" }],
    ['{"MODEL":"M","node_id":"a"}', { model: "M", kind: "pull" }],
  ])("%s is read as Ollama reads it", (body, facts) => {
    expect(read(body)).toMatchObject(facts);
  });

  test.each([
    ["{}", 400, '{"error":"invalid model name"}'],
    ['{"model":"a//b"}', 400, '{"error":"invalid model name"}'],
    [
      '{"model":1}',
      400,
      '{"error":"json: cannot unmarshal number into Go struct field PullRequest.model of type string"}',
    ],
    ["", 400, '{"error":"missing request body"}'],
  ])("%s is refused in Ollama's words", (body, status, text) => {
    expect(read(body)).toMatchObject({ status, body: text });
  });
});

test.each([
  ['{"model":"m","node_id":"mac-mini"}', "mac-mini"],
  ['{"model":"m","node_id":""}', undefined],
  ['{"model":"m","node_id":7}', undefined],
  ['{"model":"m"}', undefined],
  ["[", undefined],
])("in %s the named node is %j", (body, expected) => {
  expect(readNodeId(Buffer.from(body))).toBe(expected);
});
