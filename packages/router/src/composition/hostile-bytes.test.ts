import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callRaw, openRaw } from "../http/testing/raw-call.ts";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter();
  await router.addNode(chatAnswer, { models: ["m"] });
});

afterAll(() => router.close());

/**
 * Sends bytes, gives the router a moment to answer, and ends its side; what came back, once the router has ended its own, too.
 * Rejects when it does not.
 */
function send(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(router.port, "127.0.0.1");
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end after: ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`));
    }, 5_000);
    const ending = setTimeout(() => socket.end(), QUIET_MS);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      ending.refresh();
    });
    socket.on("close", () => {
      clearTimeout(timer);
      clearTimeout(ending);
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
    socket.write(bytes);
  });
}

/** So long nothing may come back before a client ends its side, ms. */
const QUIET_MS = 60;

const isAnswer = (text: string): boolean => text === "" || /^HTTP\/1\.[01] \d{3} /.test(text);

async function stands(): Promise<void> {
  expect((await callRaw(router.port, { path: "/healthz" })).status).toBe(200);
  expect(router.assembly.serving.book.all().every(({ inFlight }) => inFlight === 0)).toBe(true);
  expect(router.logLines.filter((line) => !line.includes("request refused"))).toEqual([]);
}

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const token = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom("", " ", "\t", "\0", "\r", "\n", ":", "é", "%", "x".repeat(5000)),
);
const method = fc.constantFrom(
  "GET",
  "POST",
  "HEAD",
  "OPTIONS",
  "DELETE",
  "PUT",
  "TRACE",
  "CONNECT",
  "PRI",
  "get",
  "",
  "G T",
);
const target = fc.oneof(
  fc.constantFrom(
    ...[
      "/",
      "*",
      "/api/chat",
      "/v1/chat/completions",
      "/v1/messages",
      "/v1/audio/transcriptions",
      "/api/blobs/sha256:x",
      "/api/pull",
    ],
    ...[
      "//",
      "/%",
      "/..",
      "http://a/",
      "http://",
      "/v1/models/%2F",
      "/dashboard/../../etc/passwd",
      "/fleet/status",
      "/heartbeat",
    ],
  ),
  token.map((text) => `/${text}`),
);
const header = fc.oneof(
  fc.tuple(token, token).map(([name, value]) => `${name}: ${value}`),
  fc.constantFrom(
    ...[
      "Host: a",
      "Host:",
      "Host: evil.com",
      "Connection: close",
      "Connection: keep-alive, Upgrade",
      "Upgrade: websocket",
      "Expect: 100-continue",
    ],
    ...[
      "Expect: x",
      "Transfer-Encoding: chunked",
      "Transfer-Encoding: gzip",
      "Content-Length: 5",
      "Content-Length: 0",
      "Content-Length: x",
    ],
    ...[
      "Content-Encoding: zstd",
      "Content-Type: multipart/form-data; boundary=X",
      "Content-Type: ;",
      "Origin: null",
      "Origin: http://localhost",
    ],
    ...[
      "X-Request-Id: \x01",
      "Accept: text/html",
      "Range: bytes=0-",
      "If-None-Match: *",
      "X-Forwarded-For: 8.8.8.8",
      "TE: trailers",
    ],
  ),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  fc.constantFrom(
    '{"model":"m"}',
    "5\r\nhello\r\n0\r\n\r\n",
    "zz\r\n",
    "ffffffffffff\r\n",
    "--X\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "{".repeat(3000),
  ),
);
const version = fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "");
const request = fc
  .tuple(method, target, version, fc.array(header, { maxLength: 6 }), body)
  .map(
    ([verb, path, protocol, headers, rest]) =>
      `${verb} ${path} ${protocol}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n${rest}`,
  );
/** Proper HTTP around any body. */
const proper = fc
  .tuple(fc.constantFrom("POST", "GET", "DELETE"), target, fc.array(header, { maxLength: 2 }), body)
  .map(
    ([verb, path, headers, rest]) =>
      `${verb} ${path} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join("")}Content-Length: ${rest.length}\r\n\r\n${rest}`,
  );
const bytes = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 5,
    arbitrary: fc.array(fc.oneof(request, proper), { minLength: 1, maxLength: 3 }).map((all) => latin1(all.join(""))),
  },
);

describe("whatever bytes come", () => {
  test("they are answered or the connection ends, and the router stands", async () => {
    const statuses = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 16, maxLength: 16 }), async (all) => {
        const answers = await Promise.all(all.map(send));
        for (const [at, answer] of answers.entries()) {
          expect([all[at], isAnswer(answer)]).toEqual([all[at], true]);
          statuses.add(answer.slice(9, 12));
        }
      }),
      { numRuns: 30 },
    );
    // The bytes reached all layers: parser, access rules, routes and handlers.
    for (const status of ["", "400", "403", "404", "405"]) expect(statuses).toContain(status);
    await stands();
  });

  test("a head that comes byte by byte is read all the same", async () => {
    const { socket, answer } = openRaw(router.port, "");
    socket.setNoDelay(true);
    for (const byte of "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    expect((await answer).status).toBe(200);
  });

  test("a flood of headers, of connections, and of requests on one connection leaves it standing", async () => {
    const flood = latin1(
      `GET /healthz HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 60_000 }, (_, at) => `h${at}: v\r\n`).join("")}\r\n`,
    );
    const pipelined = latin1("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500));
    const idle = Array.from({ length: 200 }, () => openRaw(router.port, "GET / HT"));
    const [flooded, many] = await Promise.all([send(flood), send(pipelined)]);
    expect([isAnswer(flooded), isAnswer(many)]).toEqual([true, true]);
    for (const { socket } of idle) socket.destroy();
    await stands();
  });
});
