import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage } from "./decode-message.ts";
import { type DnsRecord, messageOf, recordType } from "./dns-message.ts";
import { encodeMessage } from "./encode-message.ts";

const label = fc.string({ minLength: 1, maxLength: 20 });
const name = fc.array(label, { minLength: 1, maxLength: 5 });
const head = { name, ttl: fc.nat(2 ** 32 - 1), isFlush: fc.boolean() };
const record: fc.Arbitrary<DnsRecord> = fc.oneof(
  fc.record({ type: fc.constant("A" as const), address: fc.ipV4(), ...head }),
  fc.record({ type: fc.constant("PTR" as const), target: name, ...head }),
  fc.record({ type: fc.constant("SRV" as const), target: name, port: fc.nat(65_535), ...head }),
  fc.record({ type: fc.constant("TXT" as const), texts: fc.array(label, { minLength: 1, maxLength: 4 }), ...head }),
);
const records = fc.array(record, { maxLength: 5 });
const message = fc.record({
  id: fc.nat(65_535),
  isResponse: fc.boolean(),
  questions: fc.array(fc.record({ name, type: fc.nat(65_535) }), { maxLength: 3 }),
  answers: records,
  authorities: records,
  additionals: records,
});

/** `_x._tcp.local` asked for, with a name in the answer that points back to it. */
const compressed = Uint8Array.from([
  ...[0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0],
  ...[2, 95, 120, 4, 95, 116, 99, 112, 5, 108, 111, 99, 97, 108, 0, 0, 12, 0, 1],
  ...[0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 5, 2, 104, 105, 0xc0, 12],
]);

describe("a DNS message", () => {
  test("is read as it was written, whatever it holds", () => {
    fc.assert(
      fc.property(message, (written) => {
        expect(decodeMessage(encodeMessage(written))).toEqual(written);
      }),
    );
  });

  test("of any bytes, or cut or bent anywhere, is read or refused, but never breaks the reader", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeMessage(bytes)));
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (written, at, byte) => {
        const bytes = encodeMessage(written);
        bytes[at % bytes.length] = byte;
        decodeMessage(bytes);
        decodeMessage(bytes.subarray(0, at % bytes.length));
      }),
    );
  });

  test("may repeat names by pointers", () => {
    expect(decodeMessage(compressed)?.answers).toEqual([
      {
        type: "PTR",
        name: ["_x", "_tcp", "local"],
        target: ["hi", "_x", "_tcp", "local"],
        ttl: 120,
        isFlush: false,
      },
    ]);
  });

  test.each([
    ["to itself", 31],
    ["forwards", 40],
  ])("with a pointer %s is refused", (_where, to) => {
    const bytes = Uint8Array.from(compressed);
    bytes[32] = to;
    expect(decodeMessage(bytes)).toBeUndefined();
  });

  test("with more records than any honest one has is refused", () => {
    const many = Array.from({ length: 300 }, () => ({ name: ["a"], type: recordType.PTR }));
    expect(decodeMessage(encodeMessage(messageOf({ questions: many })))).toBeUndefined();
  });

  test("of another operation than a query is refused", () => {
    const bytes = Uint8Array.from(compressed);
    bytes[2] = 0x28;
    expect(decodeMessage(bytes)).toBeUndefined();
  });
});
