import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { pinsUnreadable } from "./pins-unreadable.ts";

describe("the check pins_unreadable", () => {
  it("finds a list of pins that cannot be read, and its fix", () => {
    const pinNotes = [{ id: "pins_unreadable", text: "/data/pins.json is no list of pins", fix: "Delete it" }];
    expect(foundBy(pinsUnreadable, { router: { pinNotes } })).toMatchObject([
      { severity: "warning", description: expect.stringContaining("/data/pins.json"), fix: "Delete it" },
    ]);
  });

  it("stays silent while the list is whole, and where nobody tells of it", () => {
    expect(foundBy(pinsUnreadable, { router: { pinNotes: [] } })).toEqual([]);
    expect(foundBy(pinsUnreadable)).toEqual([]);
  });
});
