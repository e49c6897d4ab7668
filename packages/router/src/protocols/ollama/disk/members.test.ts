import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takeNodeId, textMember, textsInMember } from "./members.ts";

const bytes = (text: string) => Buffer.from(text);
const taken = (text: string) => {
  const { nodeId, body } = takeNodeId(bytes(text));
  return { nodeId, body: Buffer.from(body).toString() };
};

describe("the node that a body names", () => {
  test.each([
    ['{"model":"m","node_id":"a"}', { nodeId: "a", body: '{"model":"m"}' }],
    ['{"node_id":"a","model":"m"}', { nodeId: "a", body: '{"model":"m"}' }],
    ['{"NODE_ID":"a" , "model" : "m","node_id":"b"} tail', { nodeId: "b", body: '{ "model" : "m"} tail' }],
    ['{"node_id":"a"}', { nodeId: "a", body: "{}" }],
    ['{"node_id":3,"model":"m"}', { nodeId: undefined, body: '{"model":"m"}' }],
    ['{"node_id":"","model":"m"}', { nodeId: undefined, body: '{"model":"m"}' }],
    ['{"a":{"node_id":"x"}}', { nodeId: undefined, body: '{"a":{"node_id":"x"}}' }],
    ["[]", { nodeId: undefined, body: "[]" }],
    ["", { nodeId: undefined, body: "" }],
    ["{broken", { nodeId: undefined, body: "{broken" }],
  ])("is taken out of %s", (text, expected) => {
    expect(taken(text)).toEqual(expected);
  });

  test("leaves everything else of any JSON object as it is, and bodies without it the very same", () => {
    const value = fc.jsonValue();
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.option(fc.string({ minLength: 1 })), (members, nodeId) => {
        const others = Object.fromEntries(Object.entries(members).filter(([key]) => key.toLowerCase() !== "node_id"));
        const body = bytes(JSON.stringify(nodeId === null ? others : { ...others, node_id: nodeId }));
        const found = takeNodeId(body);
        expect(JSON.parse(Buffer.from(found.body).toString())).toEqual(JSON.parse(JSON.stringify(others)));
        expect(found.nodeId).toBe(nodeId === null ? undefined : nodeId.toWellFormed());
        if (nodeId === null) expect(found.body).toBe(body);
      }),
    );
  });

  test("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        takeNodeId(body);
        textsInMember(body, "files");
      }),
    );
  });
});

describe("members", () => {
  test("are read as Go reads them", () => {
    const read = (text: string) => textMember(bytes(text), "from");
    expect(read('{"from":"a","FROM":"b"}')).toBe("b");
    expect(read('{"from":"a","from":null}')).toBe("a");
    expect(read('{"from":3}')).toBeUndefined();
    expect(read("3")).toBeUndefined();
  });

  test("that are maps give their texts", () => {
    const body = bytes('{"files":{"a":"1","b":2,"__proto__":"3"},"files":{"c":"4"},"adapters":["5"]}');
    expect(textsInMember(body, "files")).toEqual(["1", "3", "4"]);
    expect(textsInMember(body, "adapters")).toEqual([]);
  });
});
