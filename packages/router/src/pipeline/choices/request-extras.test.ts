import { describe, expect, test } from "vitest";
import { PLAIN_BODY } from "../../domain/testing/plain-request.ts";
import { extrasOf } from "./request-extras.ts";

const extras = (headers: readonly string[], body: Partial<typeof PLAIN_BODY> = {}) =>
  extrasOf(headers, { ...PLAIN_BODY, ...body });

describe("what a client asks of the router itself", () => {
  test("is nothing for most requests", () => {
    expect(extras(["Host", "a", "X-Stainless-Lang", "js"])).toEqual({
      tags: [],
      fallbackModels: [],
      mode: "unavailable",
    });
  });

  test("is the union of body and headers, the body's first, each entry once", () => {
    const headers = ["X-Herd-Tags", "b, c,,a", "x-herd-fallback-models", "m2,m1"];
    expect(extras(headers, { tags: ["a"], fallbackModels: ["m1"] })).toMatchObject({
      tags: ["a", "b", "c"],
      fallbackModels: ["m1", "m2"],
    });
  });

  test.each([
    [["X-Herd-Fallback", "cold"], "cold", ["m1"]],
    [["X-Herd-Fallback", " NEVER "], "never", []],
    [["X-Herd-Fallback", "sometimes"], "unavailable", ["m1"]],
    [["X-Fleet-No-Fallback", "true"], "never", []],
    [["X-Fleet-No-Fallback", "false"], "unavailable", ["m1"]],
  ] as const)("%j means %s", (headers, mode, fallbackModels) => {
    expect(extras(headers, { fallbackModels: ["m1"] })).toMatchObject({ mode, fallbackModels });
  });

  test("a long list is cut", () => {
    const tags = Array.from({ length: 1000 }, (_, index) => `t${index}`).join(",");
    expect(extras(["X-Herd-Tags", tags]).tags).toHaveLength(64);
  });
});
