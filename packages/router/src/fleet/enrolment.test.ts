import { describe, expect, test } from "vitest";
import { type EnrolledNode, type EnrolmentRequest, enrol, type HeartbeatSignature } from "./enrolment.ts";

const NOW = 1_790_000_000_000;

const signed = (publicKey = "key-1", time = NOW): HeartbeatSignature => ({ publicKey, time, signature: "genuine" });
const pinned: EnrolledNode = { publicKey: "key-1", address: "192.168.1.20", lastTime: NOW - 5000 };
const legacy: EnrolledNode = { publicKey: undefined, address: "192.168.1.20", lastTime: 0 };

function judge(wishes: Partial<EnrolmentRequest> & { readonly allowLegacy?: boolean } = {}) {
  const { allowLegacy = true, ...others } = wishes;
  const request: EnrolmentRequest = {
    nodeId: "a",
    address: "192.168.1.20",
    isLocal: false,
    signature: signed(),
    known: undefined,
    policy: { allowLegacy, timeWindowMs: 60_000 },
    now: NOW,
    ...others,
  };
  const verdict = enrol(request, ({ signature }) => signature === "genuine");
  return verdict.kind === "accepted" ? verdict : verdict.code;
}

describe("a signed heartbeat", () => {
  test("pins its key to an id that nobody has", () => {
    expect(judge()).toEqual({ kind: "accepted", publicKey: "key-1", time: NOW });
  });

  test("of the pinned key enters, from any address", () => {
    expect(judge({ known: pinned })).toMatchObject({ kind: "accepted" });
    expect(judge({ known: pinned, address: "192.168.1.99" })).toMatchObject({ kind: "accepted" });
  });

  test("of another key is refused for good, however well it is signed", () => {
    expect(judge({ known: pinned, signature: signed("key-2") })).toBe("HERD_NODE_KEY_MISMATCH");
    expect(judge({ known: pinned, signature: signed("key-2"), isLocal: true })).toBe("HERD_NODE_KEY_MISMATCH");
  });

  test("whose signature is wrong is refused, and told apart from another key", () => {
    expect(judge({ signature: { ...signed(), signature: "forged" } })).toBe("HERD_BAD_SIGNATURE");
    expect(judge({ known: pinned, signature: { ...signed(), signature: "forged" } })).toBe("HERD_BAD_SIGNATURE");
  });

  test.each([
    ["the same time again", NOW - 5000],
    ["an earlier time", NOW - 5001],
    ["a time too old", NOW - 60_001],
    ["a time too far ahead", NOW + 60_001],
  ])("with %s is a replay", (_what, time) => {
    expect(judge({ known: pinned, signature: signed("key-1", time) })).toBe("HERD_REPLAYED");
  });

  test.each([NOW - 4999, NOW, NOW + 60_000])("with a time that grows, within the window, enters: %s", (time) => {
    expect(judge({ known: pinned, signature: signed("key-1", time) })).toMatchObject({ kind: "accepted", time });
  });

  test("signed before the router started is a replay, whoever sent it; signed after it enters", () => {
    const policy = { allowLegacy: true, timeWindowMs: 60_000, notBefore: NOW - 100 };
    for (const known of [undefined, pinned]) {
      expect(judge({ policy, known, signature: signed("key-1", NOW - 100) })).toBe("HERD_REPLAYED");
      expect(judge({ policy, known, signature: signed("key-1", NOW - 99) })).toMatchObject({ kind: "accepted" });
    }
  });

  test("at the edge of the window enters when nothing is known", () => {
    expect(judge({ signature: signed("key-1", NOW - 60_000) })).toMatchObject({ kind: "accepted" });
  });

  test("cannot take an id over from a machine that does not sign, but that machine may begin to", () => {
    expect(judge({ known: legacy, address: "192.168.1.66" })).toBe("HERD_NODE_KEY_MISMATCH");
    expect(judge({ known: legacy })).toMatchObject({ kind: "accepted", publicKey: "key-1" });
  });

  test("costs no check of its signature when its key is not acceptable", () => {
    let checks = 0;
    const request: EnrolmentRequest = {
      nodeId: "a",
      address: "192.168.1.20",
      isLocal: false,
      signature: signed("key-2"),
      known: pinned,
      policy: { allowLegacy: true, timeWindowMs: 60_000 },
      now: NOW,
    };
    enrol(request, () => {
      checks += 1;
      return true;
    });
    expect(checks).toBe(0);
  });
});

describe("an unsigned heartbeat", () => {
  const unsigned = { signature: undefined };

  test("joins under a free id where the predecessor's agents are allowed", () => {
    expect(judge(unsigned)).toEqual({ kind: "accepted", publicKey: undefined, time: 0 });
    expect(judge({ ...unsigned, allowLegacy: false })).toBe("HERD_LEGACY_REFUSED");
  });

  test("of this machine itself is always allowed", () => {
    expect(judge({ ...unsigned, allowLegacy: false, isLocal: true })).toMatchObject({ kind: "accepted" });
  });

  test("is bound to the address it came from first", () => {
    expect(judge({ ...unsigned, known: legacy })).toMatchObject({ kind: "accepted" });
    expect(judge({ ...unsigned, known: legacy, address: "192.168.1.66" })).toBe("HERD_NODE_KEY_MISMATCH");
  });

  test("never speaks for an id that has a key", () => {
    expect(judge({ ...unsigned, known: pinned })).toBe("HERD_NODE_KEY_MISMATCH");
    expect(judge({ ...unsigned, known: pinned, isLocal: true })).toBe("HERD_NODE_KEY_MISMATCH");
  });
});
