import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecisionLog } from "./decision-log.ts";

describe("the log of decisions", () => {
  it("gives back the attempts of a request in their order", () => {
    const log = new DecisionLog<string>(3);
    log.keep("a", 1, "a1");
    log.keep("b", 1, "b1");
    log.keep("a", 2, "a2");
    expect(log.of("a")).toEqual(["a1", "a2"]);
    expect(log.newest()).toBe("b");
    expect(log.of("c")).toBeUndefined();
  });

  it("keeps one decision for an attempt that was decided anew", () => {
    const log = new DecisionLog<string>(3);
    log.keep("a", 1, "a1");
    log.keep("a", 2, "no slot yet");
    log.keep("a", 2, "a2");
    expect(log.of("a")).toEqual(["a1", "a2"]);
  });

  it("tells of the newer request when an id was used twice", () => {
    const log = new DecisionLog<string>(3);
    log.keep("a", 1, "old");
    log.keep("a", 1, "new");
    expect(log.of("a")).toEqual(["new"]);
  });

  it("holds exactly the newest requests", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (capacity, count) => {
        const log = new DecisionLog<number>(capacity);
        for (let at = 0; at < count; at += 1) log.keep(`r${at}`, 1, at);
        for (let at = 0; at < count; at += 1) expect(log.of(`r${at}`) !== undefined).toBe(at >= count - capacity);
        expect(log.newest()).toBe(count === 0 ? undefined : `r${count - 1}`);
      }),
    );
  });
});
