import fc from "fast-check";
import { expect, test } from "vitest";
import { requestIdOf } from "./request-id.ts";

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

test("a client's id is kept when it has the accepted form", () => {
  const letters = [..."ABCXYZabcxyz0189._-"];
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 64 }), (given) => {
      expect(requestIdOf(given)).toBe(given);
    }),
  );
});

test("anything else gets a new id of that form", () => {
  const odd = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant(undefined), fc.constant(["a", "b"]));
  fc.assert(
    fc.property(odd, (given) => {
      const id = requestIdOf(given);
      expect(id).toMatch(ACCEPTABLE);
      if (typeof given !== "string" || !ACCEPTABLE.test(given)) expect(id).not.toBe(given);
    }),
  );
});

test("a trailing line end does not pass", () => {
  expect(requestIdOf("abc\n")).not.toBe("abc\n");
});

test("new ids are all different", () => {
  const ids = Array.from({ length: 1000 }, () => requestIdOf(undefined));
  expect(new Set(ids).size).toBe(1000);
});
