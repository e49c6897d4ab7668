import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callRaw, headerIn, openRaw, type RawAnswer } from "../http/testing/raw-call.ts";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter;
let ollama: SimulatedOllama;

beforeAll(async () => {
  router = await startTestRouter({ corsOrigins: ["https://*.chat.example"] });
  await router.addNode(chatAnswer, { models: ["m"] });
  ollama = await startSimulatedOllama({ origins: ["https://*.chat.example"] });
});

afterAll(async () => {
  await ollama.close();
  await router.close();
});

const ORIGINS = [
  undefined,
  "",
  "null",
  "http://localhost:3000",
  "https://127.0.0.1",
  "http://0.0.0.0:9",
  "app://obsidian.md",
  "file://",
  "tauri://localhost",
  "vscode-webview://a",
  "https://app.example.com",
  "https://a.chat.example",
  "chrome-extension://abc",
  "http://localhost.evil.com",
  "HTTP://LOCALHOST",
  "*",
  "own",
];
const HOSTS = ["127.0.0.1:1", "localhost:1", "LOCALHOST", "box.local", "host.docker.internal:1", "10.1.2.3", "[::1]:1"];
const FOREIGN_HOSTS = ["evil.com", "localhost.evil.com", "127.0.0.1.nip.io"];
const CALLS = [
  ["GET", "/api/version"],
  ["HEAD", "/api/version"],
  ["POST", "/api/version"],
  ["OPTIONS", "/api/version"],
  ["GET", "/api/chat"],
  ["POST", "/api/chat"],
  ["OPTIONS", "/v1/chat/completions"],
  ["OPTIONS", "/api/nope"],
  ["DELETE", "/api/nope"],
] as const;

/** Status, and the headers of access rules; what the router adds to Ollama's is taken off. */
function rulesIn(answer: RawAnswer): readonly unknown[] {
  const headers = answer.head.split("\r\n").slice(1);
  const rules = headers.filter((line) => /^(access-control-(?!expose)|vary|allow:)/i.test(line));
  const plain = rules.map((line) =>
    line.replace(/^[^:]*/, (name) => name.toLowerCase()).replace(/(X-Stainless-Timeout),.*/, "$1"),
  );
  const type = answer.status === 200 ? undefined : headerIn(answer, "Content-Type");
  const body = answer.status === 200 ? undefined : answer.body;
  return [answer.status, plain.toSorted(), type, body];
}

describe("a page, a host and a method get of the router what they get of Ollama", () => {
  test.each(CALLS)("%s %s", async (method, path) => {
    const cases = ORIGINS.flatMap((origin) => [...HOSTS, ...FOREIGN_HOSTS].map((host) => ({ origin, host })));
    const seen = await Promise.all(
      cases.map(async ({ origin, host }) => {
        const own = origin === "own" ? `http://${host}` : origin;
        const headers = { Host: host, ...(own === undefined ? {} : { Origin: own }) };
        const call = { method, path, headers, ...(method === "POST" ? { body: "{" } : {}) };
        const [ours, theirs] = await Promise.all([callRaw(router.port, call), callRaw(ollama.port, call)]);
        return { at: [origin, host], ours: rulesIn(ours), theirs: rulesIn(theirs) };
      }),
    );
    expect(seen.map(({ at, ours }) => [at, ours])).toEqual(seen.map(({ at, theirs }) => [at, theirs]));
  });

  test.each(["node2:1", "8.8.8.8:1", "172.32.0.1", ""])(
    "but for the host %j, which the router lets in: machines of a LAN are called by such names and addresses",
    async (host) => {
      const answer = await callRaw(router.port, { path: "/api/version", headers: { Host: host } });
      expect(answer.status).toBe(200);
    },
  );
});

describe("a foreign page that may call", () => {
  const Origin = "http://localhost:3000";

  test("may read the headers of answers, streams too", async () => {
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
    const answer = await callRaw(router.port, { method: "POST", path: "/api/chat", headers: { Origin }, body });
    expect(answer.status).toBe(200);
    expect(headerIn(answer, "X-Fleet-Node")).toBeDefined();
    const names = ["Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary"];
    expect(names.map((name) => headerIn(answer, name))).toEqual([Origin, "*", "Origin"]);
  });

  test("may read why it is refused, which it is when it would change something", async () => {
    for (const [method, path] of [
      ["DELETE", "/api/delete"],
      ["POST", "/api/pull"],
      ["DELETE", "/fleet/nodes/x"],
      ["POST", "/heartbeat"],
    ] as const) {
      const answer = await callRaw(router.port, { method, path, headers: { Origin }, body: "{}" });
      const names = ["X-Herd-Error", "Access-Control-Allow-Origin"];
      const told = names.map((name) => headerIn(answer, name));
      expect([path, answer.status, ...told]).toEqual([path, 403, "HERD_ORIGIN_REFUSED", Origin]);
      expect(headerIn(answer, "X-Herd-Hint")).toContain("cors_origins");
    }
  });

  test("may change something when the owner listed it", async () => {
    const headers = { Origin: "https://a.chat.example" };
    const answer = await callRaw(router.port, { method: "DELETE", path: "/fleet/nodes/nobody", headers });
    expect([answer.status, headerIn(answer, "X-Herd-Error")]).toEqual([404, "HERD_UNKNOWN_NODE"]);
  });
});

describe("origins that are listed later", () => {
  test("count at once", async () => {
    const other = await startTestRouter();
    try {
      const headers = { Origin: "https://new.example" };
      const statusNow = async () => (await callRaw(other.port, { path: "/api/version", headers })).status;
      expect(await statusNow()).toBe(403);
      other.assembly.live.apply({ cors_origins: ["https://new.example"] });
      expect(await statusNow()).toBe(200);
    } finally {
      await other.close();
    }
  });
});

const HOST = "Host: localhost\r\n";
const VERSION = (more = "") => `GET /api/version HTTP/1.1\r\n${HOST}${more}Connection: close\r\n\r\n`;
const at = (target: string) => `GET ${target} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const NOT_FOUND = "404 page not found";
const BAD = "400 Bad Request";

describe("the edges of HTTP", () => {
  // What a real Ollama 0.24 answers to these bytes; a status alone where the texts are the router's own. Not as Ollama: Node's
  // parser refuses bytes in a path that are no ASCII, bare line feeds, and two framings of one body, which is safer.
  const edges: readonly (readonly [string, string, number, string?])[] = [
    ["a broken escape", at("/%zz"), 400, BAD],
    ["half an escape", at("/api/tags%"), 400, BAD],
    ["a broken escape in the query", at("/api/version?x=%zz"), 200],
    ["an escape that is no UTF-8", at("/%ff%fe"), 404, NOT_FOUND],
    ["the absolute form", at("http://localhost/api/version"), 200],
    ["the absolute form of another scheme", at("https://localhost/api/version"), 200],
    ["the absolute form of a foreign host", at("http://evil.com/api/version"), 403, ""],
    [
      "the absolute form, whose host counts",
      at("http://localhost/api/version").replace(HOST, "Host: evil.com\r\n"),
      200,
    ],
    [
      "the absolute form without Host",
      at("http://localhost/api/version").replace(HOST, ""),
      400,
      `${BAD}: missing required Host header`,
    ],
    ["OPTIONS for the whole server", at("*").replace("GET", "OPTIONS"), 200, ""],
    ["GET for the whole server", at("*"), 400],
    ["no slash", at("api/version"), 400, BAD],
    ["a fragment", at("/api/version#x"), 404, NOT_FOUND],
    ["a fragment in the query", at("/api/version?a#x"), 200],
    ["an escaped slash", at("/api%2Fversion"), 200],
    ["an escaped letter", at("/api/%76ersion"), 200],
    ["escaped dots", at("/api/%2e%2e/api/version"), 404, NOT_FOUND],
    ["a zero byte", at("/api/%00"), 404, NOT_FOUND],
    ["a semicolon", at("/api/version;x"), 404, NOT_FOUND],
    ["a bare question mark", at("/api/version?"), 200],
    ["a backslash", at("/api\\version"), 404, NOT_FOUND],
    ["other capitals", at("/API/version"), 404, NOT_FOUND],
    ["raw UTF-8 in a path", at("/api/versi\xc3\xb6n"), 400, BAD],
    ["a query of 100 kB", at(`/api/version?${"x".repeat(100_000)}`), 200],
    ["a path of 100 kB", at(`/api/${"x".repeat(100_000)}`), 404, NOT_FOUND],
    ["a query of 1.1 MB", at(`/api/version?${"x".repeat(1_100_000)}`), 431, "431 Request Header Fields Too Large"],
    ["a header of 200 kB", VERSION(`X: ${"y".repeat(200_000)}\r\n`), 200],
    ["headers of 1.2 MB", VERSION(`X: ${"y".repeat(1_200_000)}\r\n`), 431, "431 Request Header Fields Too Large"],
    ["5000 headers", VERSION("X: y\r\n".repeat(5000)), 200],
    ["TRACE", VERSION().replace("GET", "TRACE"), 405, "405 method not allowed"],
    ["PATCH", VERSION().replace("GET", "PATCH"), 405, "405 method not allowed"],
    ["HEAD where only POST is", at("/api/chat").replace("GET", "HEAD"), 405, ""],
    ["no Host", VERSION().replace(HOST, ""), 400, `${BAD}: missing required Host header`],
    ["no Host in HTTP/1.0", VERSION().replace(HOST, "").replace("1.1", "1.0"), 200],
    ["an empty Host", VERSION().replace("localhost", ""), 200],
    ["two hosts", VERSION("Host: evil.com\r\n"), 400, BAD],
    ["a host with a blank", VERSION().replace("localhost", "a b"), 400, `${BAD}: malformed Host header`],
    ["a host with a slash", VERSION().replace("localhost", "a/b"), 400, `${BAD}: malformed Host header`],
    ["a host that is no ASCII", VERSION().replace("localhost", "\xe9"), 400, `${BAD}: malformed Host header`],
    [
      "HTTP/2.0",
      VERSION().replace("HTTP/1.1", "HTTP/2.0"),
      505,
      "505 HTTP Version Not Supported: unsupported protocol version",
    ],
    ["lines that end in a bare line feed", VERSION().replaceAll("\r\n", "\n"), 400, BAD],
    [
      "both a length and chunks",
      `POST /api/show HTTP/1.1\r\n${HOST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      400,
      BAD,
    ],
    ["HTTP/0.9", "GET /api/version\r\n\r\n", 400, BAD],
    ["no HTTP at all", "\x00\x01\x02\x03\r\n\r\n", 400, BAD],
    ["a header without a colon", VERSION("bad header\r\n"), 400, BAD],
    ["a header with a bad name", VERSION("b@d(: x\r\n"), 400, BAD],
    ["a header with a zero byte", VERSION("X: a\0b\r\n"), 400, BAD],
    [
      "another expectation",
      "POST /api/show HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
      417,
    ],
    ["an upgrade", `GET /api/version HTTP/1.1\r\n${HOST}Connection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n`, 200],
    ["a length that is no number", `POST /api/show HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\n{}`, 400, BAD],
    ["two lengths", `POST /api/show HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, BAD],
    ["a body on GET", VERSION("Content-Length: 5\r\n").replace(/$/, "hello"), 200],
    [
      "a chunk without a size",
      `POST /api/show HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    [
      "a chunk beyond any size",
      `POST /api/show HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    [
      "an extended chunk and a trailer",
      `POST /api/show HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nA: x\r\n\r\n`,
      400,
    ],
    ["CONNECT", `CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n`, 404],
  ];

  const named = edges.map(([what, bytes, status, body]) => ({ what, bytes, status, body }));

  test.each(named)("$what", async ({ bytes, status, body }) => {
    const answer = await openRaw(router.port, Buffer.from(bytes, "latin1")).answer;
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toBe(body);
  });

  test("two requests at once are both answered, in their order", async () => {
    const both = `${VERSION().replace("Connection: close\r\n", "")}${at("/nowhere")}`;
    const { body, status } = await openRaw(router.port, both).answer;
    expect([status, body.includes("404 Not Found")]).toEqual([200, true]);
  });

  test("a broken request behind a good one does not end up inside its answer", async () => {
    const good =
      'POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 67\r\n\r\n{"model":"nobody-has-it","messages":[{"role":"user","content":"x"}]}';
    const { head, body } = await openRaw(router.port, `${good}\x00garbage\r\n\r\n`).answer;
    expect(`${head}${body}`.includes("Bad Request") && head.startsWith("HTTP/1.1 404")).toBe(false);
  });

  test("headers beyond Node's usual count still show that a proxy forwards", async () => {
    const headers = `${"X: y\r\n".repeat(4000)}X-Forwarded-For: 8.8.8.8\r\n`;
    const answer = await openRaw(router.port, VERSION(headers)).answer;
    expect([answer.status, headerIn(answer, "X-Herd-Error")]).toEqual([403, "HERD_ADDRESS_REFUSED"]);
  });
});
