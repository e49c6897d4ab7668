import fc from "fast-check";
import { expect, test } from "vitest";
import { RecordCount } from "./record-count.ts";

const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** The bytes of an answer whose text is cut into chunks at these places. */
function chunked(text: string, cuts: readonly number[]): string {
  const places = [...new Set([0, ...cuts.map((cut) => cut % text.length), text.length])].sort((a, b) => a - b);
  const parts = places.slice(1).map((end, at) => text.slice(places[at], end));
  return `${HEAD}${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`;
}

function countIn(bytes: Buffer, cuts: readonly number[]): RecordCount {
  const count = new RecordCount();
  const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
  for (const [at, end] of places.slice(1).entries()) count.take(bytes.subarray(places[at], end));
  return count;
}

test("records are counted right, however the text is cut into chunks and the bytes into packets", () => {
  const cuts = fc.array(fc.nat(), { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), cuts, cuts, (records, chunks, packets) => {
      const text = `${'{"text":"~"}\n'.repeat(records)}{"done":true}\n`;
      const count = countIn(Buffer.from(chunked(text, chunks)), packets);
      expect([count.records, count.isEnded, count.isOk]).toEqual([records, true, true]);
      expect(count.tail).toBe(text.slice(-512));
    }),
  );
});

test("an answer that breaks off has no end, and one with another status is not well", () => {
  const cut = countIn(Buffer.from(chunked("{~}\n{~}\n", [4]).slice(0, -4)), []);
  expect([cut.records, cut.isEnded]).toEqual([2, false]);
  const refused = countIn(Buffer.from(chunked("{}\n", []).replace("200 OK", "503 Service Unavailable")), []);
  expect(refused.isOk).toBe(false);
});

test("only what follows the head counts as body", () => {
  const count = new RecordCount();
  expect(count.take(Buffer.from(HEAD.slice(0, 20)))).toBe(false);
  expect(count.take(Buffer.from(HEAD.slice(20)))).toBe(false);
  expect(count.take(Buffer.from("3\r\n{}\n\r\n"))).toBe(true);
});
