import fc from "fast-check";
import { expect, test } from "vitest";
import { createRequestReader, type ReadEvent } from "./request-reader.ts";

const readAll = (bytes: Buffer, sizes: readonly number[]): readonly ReadEvent[] => {
  const read = createRequestReader();
  const events: ReadEvent[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    events.push(...read(bytes.subarray(at, at + size)));
    at += size;
  }
  return events;
};

const sample = Buffer.from(
  [
    "POST /a?b=1 HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 5\r\n\r\nh\r\n\r\n",
    "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
  ].join(""),
);

test("requests are read whatever pieces they come in", () => {
  const whole = readAll(sample, [sample.length]);
  expect(whole).toMatchObject([
    {
      kind: "request",
      request: {
        method: "POST",
        path: "/a?b=1",
        headers: [
          ["Host", "x"],
          ["content-LENGTH", "5"],
        ],
      },
    },
    { kind: "request", request: { path: "/c", httpVersion: "HTTP/1.1" } },
    { kind: "request", request: { path: "/", httpVersion: "HTTP/1.0" } },
  ]);
  const bodies = whole.map((event) => event.kind === "request" && event.request.body.toString());
  expect(bodies).toEqual(["h\r\n\r\n", "abcde", ""]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      expect(readAll(sample, sizes)).toEqual(whole);
    }),
  );
});

test("a body is waited for only when it is announced and has not come", () => {
  const head = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  expect(readAll(Buffer.from(head), [1000]).map((event) => event.kind)).toEqual(["expects-continue"]);
  expect(readAll(Buffer.from(`${head}ok`), [1000]).map((event) => event.kind)).toEqual(["request"]);
});

test.each([
  "\u0016\u0003\u0001\r\n\r\n",
  "GET /\r\n\r\n",
  "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
  "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
])("%j is no request, and nothing after it is read", (text) => {
  expect(readAll(Buffer.from(`${text}GET / HTTP/1.1\r\n\r\n`), [1000])).toEqual([{ kind: "malformed" }]);
});
