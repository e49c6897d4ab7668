import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signaturesMatch, signCall, signHeartbeat } from "./signature.ts";

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => createSecretKey(bytes));
const time = fc.integer({ min: 0, max: 2 ** 45 });
const token = fc.string({ unit: fc.constantFrom(..."abcXYZ09-_./?=&"), minLength: 1, maxLength: 20 });

describe("a signature of a heartbeat", () => {
  test("is the same for the same secret, time and bytes, and no other", () => {
    const given = fc.record({ one: secret, other: secret, at: time, bytes: fc.uint8Array({ maxLength: 64 }) });
    fc.assert(
      fc.property(given, ({ one, other, at, bytes }) => {
        const signature = signHeartbeat(one, { time: at, body: bytes });
        expect(signature).toMatch(/^[0-9a-f]{64}$/);
        expect(signHeartbeat(one, { time: at, body: bytes })).toBe(signature);
        expect(signHeartbeat(one, { time: at + 1, body: bytes })).not.toBe(signature);
        expect(signHeartbeat(one, { time: at, body: Uint8Array.of(...bytes, 0) })).not.toBe(signature);
        expect(signHeartbeat(other, { time: at, body: bytes }) === signature).toBe(one.equals(other));
      }),
    );
  });
});

describe("a signature of a call", () => {
  test("changes with every part, also when text moves from one part to the next", () => {
    fc.assert(
      fc.property(fc.record({ key: secret, at: time, path: token, nonce: token }), ({ key, at, path, nonce }) => {
        const call = { method: "POST", path, time: at, nonce };
        const signature = signCall(key, call);
        expect(signCall(key, { ...call, method: "GET" })).not.toBe(signature);
        expect(signCall(key, { ...call, path: `${path}x` })).not.toBe(signature);
        expect(signCall(key, { ...call, time: at + 1 })).not.toBe(signature);
        expect(signCall(key, { ...call, nonce: `${nonce}x` })).not.toBe(signature);
        expect(signCall(key, { ...call, path: `${path}${nonce}`, nonce: "" })).not.toBe(signature);
      }),
    );
  });

  test("can never stand for a heartbeat", () => {
    const key = createSecretKey(new Uint8Array(32));
    const body = Buffer.from("POST\n/x\n1\nn");
    expect(signHeartbeat(key, { time: 1, body })).not.toBe(
      signCall(key, { method: "POST", path: "/x", time: 1, nonce: "n" }),
    );
  });
});

describe("comparing", () => {
  const genuine = "0f".repeat(32);

  test("takes equal signatures only", () => {
    expect(signaturesMatch(genuine, genuine)).toBe(true);
    for (let at = 0; at < genuine.length; at += 1) {
      const forged = `${genuine.slice(0, at)}e${genuine.slice(at + 1)}`;
      expect(signaturesMatch(genuine, forged)).toBe(false);
    }
  });

  test.each([
    "",
    genuine.slice(1),
    `${genuine}0`,
    genuine.toUpperCase(),
    "zz".repeat(32),
    "é".repeat(64),
    " ".repeat(64),
  ])("never fails over '%s'", (given) => {
    expect(signaturesMatch(genuine, given)).toBe(false);
  });
});
