import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAtLeast, parseVersion, recordedVersion, type VersionNumber } from "./version-number.ts";
import { featuresOf, hasRoute } from "./version-table.ts";

describe("a version", () => {
  test.each([
    ["0.24.0", [0, 24, 0]],
    ["v0.33.0-rc2", [0, 33, 0]],
    ["1.2.3+build", [1, 2, 3]],
    ["0.0.0", recordedVersion],
    ["made here", recordedVersion],
  ])("%s is read as %j", (text, number) => {
    expect(parseVersion(text)).toEqual(number);
  });

  test("two versions are in one order only, unless they are the same", () => {
    const part = fc.nat({ max: 40 });
    const version = fc.tuple(part, part, part);
    fc.assert(
      fc.property(version, version, (one: VersionNumber, other: VersionNumber) => {
        const isSame = one.join() === other.join();
        expect(isAtLeast(one, other) && isAtLeast(other, one)).toBe(isSame);
        expect(isAtLeast(one, other) || isAtLeast(other, one)).toBe(true);
      }),
    );
  });
});

describe("the table", () => {
  test.each([
    ["/v1/messages", "0.13.5", false],
    ["/v1/messages", "0.14.0", true],
    ["/v1/responses", "0.13.2", false],
    ["/v1/responses", "0.13.3", true],
    ["/api/embed", "0.2.5", false],
    ["/v1/embeddings", "0.2.6", true],
    ["/v1/completions", "0.1.48", false],
    ["/v1/images/generations", "0.14.2", false],
    ["/v1/images/generations", "0.32.5", true],
    ["/v1/images/generations", "0.32.6", false],
    ["/api/chat", "0.1.20", true],
  ])("%s at %s: %s", (path, version, isThere) => {
    expect(hasRoute(version, path)).toBe(isThere);
  });

  test("the recorded version has everything but what came after it", () => {
    const { listedCapabilities, serverRunners, ...others } = featuresOf("0.24.0");
    expect([listedCapabilities, serverRunners]).toEqual([false, false]);
    expect(Object.values(others).every(Boolean)).toBe(true);
  });
});
