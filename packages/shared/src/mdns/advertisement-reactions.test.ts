import { describe, expect, test } from "vitest";
import { announcementOf, probeOf } from "./advertisement.ts";
import { nextName, reactionTo } from "./advertisement-reactions.ts";
import { messageOf, recordType } from "./dns-message.ts";
import { nameOf } from "./dns-name.ts";

const type = nameOf("_fleet-manager._tcp.local.");
const own = { name: "Router", type, host: ["b", "local"], port: 11_435, texts: [] };
const weaker = { ...own, host: ["a", "local"] };
const stronger = { ...own, host: ["c", "local"] };
const standing = { isProbing: false, isOutsider: false };
const probing = { isProbing: true, isOutsider: false };
const question = (name: readonly string[], asked: number) => messageOf({ questions: [{ name, type: asked }] });

describe("somebody who announces something", () => {
  test.each([
    { what: "its type", name: type, reaction: "answer" },
    { what: "its type in capitals", name: type.map((label) => label.toUpperCase()), reaction: "answer" },
    { what: "its own name", name: ["Router", ...type], asked: recordType.SRV, reaction: "answer" },
    { what: "its host", name: ["b", "local"], asked: recordType.A, reaction: "answer" },
    { what: "the list of all types", name: nameOf("_services._dns-sd._udp.local"), reaction: "answer" },
    { what: "an IPv6 address", name: ["b", "local"], asked: 28, reaction: "ignore" },
    { what: "another type", name: nameOf("_http._tcp.local"), reaction: "ignore" },
    { what: "another name", name: ["Printer", ...type], asked: recordType.ANY, reaction: "ignore" },
  ])("asked for $what: $reaction", ({ name, asked = recordType.PTR, reaction }) => {
    expect(reactionTo(own, question(name, asked), standing)).toBe(reaction);
  });

  test("does not repeat what the asker shows to know, unless that is about to run out", () => {
    const known = (ttl: number) => ({
      type: "PTR" as const,
      name: type,
      target: ["Router", ...type],
      ttl,
      isFlush: false,
    });
    const asking = (ttl: number) => ({ ...question(type, recordType.PTR), answers: [known(ttl)] });
    expect(reactionTo(own, asking(4_500), standing)).toBe("ignore");
    expect(reactionTo(own, asking(1_000), standing)).toBe("answer");
  });

  test("answers those outside of multicast DNS directly", () => {
    expect(reactionTo(own, question(type, recordType.PTR), { ...standing, isOutsider: true })).toBe("answer-outsider");
  });

  test("takes another name where somebody has it, and defends it once it stands", () => {
    for (const other of [weaker, stronger]) {
      expect(reactionTo(own, announcementOf(other, "10.0.0.9"), probing)).toBe("rename");
      expect(reactionTo(own, probeOf(other), standing)).toBe("defend");
    }
    expect(reactionTo(own, announcementOf(own, "10.0.0.9"), probing)).toBe("ignore");
  });

  test("of two that want a name at the same time, one yields; of two that have it, the same one", () => {
    expect([reactionTo(own, probeOf(stronger), probing), reactionTo(stronger, probeOf(own), probing)]).toEqual([
      "rename",
      "ignore",
    ]);
    const told = (other: typeof own) => announcementOf(other, "10.0.0.9");
    expect([reactionTo(own, told(stronger), standing), reactionTo(stronger, told(own), standing)]).toEqual([
      "rename",
      "defend",
    ]);
  });

  test("counts up for another name, and stays within a label", () => {
    expect(["Router", "Router (2)", "Router (x)"].map(nextName)).toEqual([
      "Router (2)",
      "Router (3)",
      "Router (x) (2)",
    ]);
    const long = nextName("ä".repeat(31));
    expect([long.endsWith(" (2)"), Buffer.byteLength(long) <= 63]).toEqual([true, true]);
  });
});
