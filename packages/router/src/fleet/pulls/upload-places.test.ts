import { nodeId } from "@herd/shared";
import { describe, expect, test } from "vitest";
import { UploadPlaces } from "./upload-places.ts";

const [a, b] = [nodeId("a"), nodeId("b")];
const HOUR = 3_600_000;
const DIGITS = "ab".repeat(32);

describe("where uploads go", () => {
  test("is remembered for each client until it was not used for an hour", () => {
    const places = new UploadPlaces();
    places.keep("one", a, 0);
    places.keep("two", b, 0);
    expect([places.nodeOf("one", HOUR), places.nodeOf("three", 0)]).toEqual([a, undefined]);
    expect([places.nodeOf("one", 2 * HOUR), places.nodeOf("two", HOUR + 1)]).toEqual([a, undefined]);
    places.forget("one");
    expect(places.nodeOf("one", 2 * HOUR)).toBeUndefined();
  });

  test("is remembered for each file in all its spellings, on every node that has it", () => {
    const places = new UploadPlaces();
    places.noteFile(`sha256:${DIGITS}`, a, 0);
    places.noteFile(`sha256-${DIGITS.toUpperCase()}`, b, 0);
    expect([...places.nodesWith(`sha256:${DIGITS}`, 1)]).toEqual([a, b]);
    expect([...places.nodesWith(`sha256:${"0".repeat(64)}`, 1)]).toEqual([]);
  });

  test("takes bounded memory: who was served longest ago is forgotten", () => {
    const places = new UploadPlaces();
    for (let index = 0; index < 1_001; index += 1) {
      places.keep(`client ${index}`, a, index);
      places.nodeOf("client 0", index);
    }
    expect([places.nodeOf("client 0", 1_001), places.nodeOf("client 1", 1_001)]).toEqual([a, undefined]);
    expect(places.nodeOf("client 1000", 1_001)).toBe(a);
  });
});
