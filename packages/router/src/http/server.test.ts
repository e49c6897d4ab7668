import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { zstdCompressSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { HerdError } from "../domain/errors.ts";
import { bodyOf } from "./server.ts";
import { callRaw, headerIn, openRaw } from "./testing/raw-call.ts";
import { startTestServer, type TestServer, type TestServerWishes } from "./testing/start-test-server.ts";

const running: TestServer[] = [];

async function start(wishes: TestServerWishes = {}): Promise<TestServer> {
  const server = await startTestServer({ addRoutes, ...wishes });
  running.push(server);
  return server;
}

/** Requests that wait at `/wait` until a test lets them go. */
const waiting: (() => void)[] = [];
let arrivals = 0;
let onArrival: () => void = () => undefined;

/** Resolves when this many requests have reached `/wait`. */
function arrived(count: number): Promise<void> {
  return new Promise((resolve) => {
    onArrival = () => {
      if (arrivals >= count) resolve();
    };
    onArrival();
  });
}

function addRoutes(server: FastifyInstance): void {
  server.post("/echo", (request, reply) => reply.send(Buffer.from(bodyOf(request))));
  server.post("/hijacked", (request, reply) => {
    reply.hijack();
    reply.raw.end(`${bodyOf(request).length} bytes`);
  });
  server.post("/wait", (_request, reply) => {
    reply.hijack();
    waiting.push(() => reply.raw.end("done"));
    arrivals += 1;
    onArrival();
  });
  server.post("/decoded", { config: { body: "decoded" } }, (request, reply) =>
    reply.header("x-forwarded", request.raw.rawHeaders.join("|")).send(Buffer.from(bodyOf(request))),
  );
  server.post("/stream", { config: { body: "stream" } }, async (request) => {
    let size = 0;
    for await (const chunk of request.raw) size += (chunk as Buffer).length;
    return { size, held: bodyOf(request).length };
  });
  server.get("/who", (request) => ({ address: request.clientAddress, isLoopback: request.isLoopback, id: request.id }));
  server.delete("/change", { config: { access: "change" } }, () => ({ ok: true }));
  server.get("/throws", () => {
    throw new Error("a secret detail");
  });
  server.get("/known", () => {
    throw new HerdError("HERD_NO_CANDIDATE", "m");
  });
}

afterEach(async () => {
  for (const finish of waiting.splice(0)) finish();
  arrivals = 0;
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe("a request body", () => {
  test("reaches its route byte for byte, whatever its content type says, or without one", async () => {
    const { port } = await start();
    const types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""];
    const broken = ["nonsense", "text/", "/", "a/b/c", 'application/json; charset="', "application/json;;", "é/ü"];
    for (const type of [...types, ...broken]) {
      const headers: Record<string, string> = type === "" ? {} : { "Content-Type": type };
      const answer = await callRaw(port, { method: "POST", path: "/echo", headers, body: '{"a": 1 }\n' });
      expect([type, answer.status, answer.body]).toEqual([type, 200, '{"a": 1 }\n']);
    }
  });

  test("is read when it comes in chunks", async () => {
    const { port } = await start();
    const headers = { "Transfer-Encoding": "chunked" };
    const answer = await callRaw(port, {
      method: "POST",
      path: "/echo",
      headers,
      body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    });
    expect(answer.body).toBe("abcde");
  });

  test("that is announced as too large is refused before it is sent", async () => {
    const { port, held } = await start();
    const { socket, answer } = openRaw(port, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n");
    const { status, body } = await answer;
    expect([status, body.split(":")[0]]).toEqual([413, "HERD_BODY_TOO_LARGE"]);
    expect(held.held()).toBe(0);
    socket.destroy();
  });

  test("that grows too large in chunks is refused when it does", async () => {
    const { port, held } = await start();
    const chunk = `1f4\r\n${"x".repeat(500)}\r\n`;
    const { answer } = openRaw(
      port,
      `POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}`,
    );
    expect((await answer).status).toBe(413);
    expect(held.held()).toBe(0);
  });

  test.each([true, false])(
    "that is refused lets its client read why, though it sends on (in chunks: %s)",
    async (isChunked) => {
      const { port } = await start();
      const body = Buffer.alloc(8 << 20, "x");
      const framing = isChunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": body.length };
      const call = request({ port, method: "POST", path: "/echo", headers: { ...framing, Host: "localhost" } });
      // The rest of the body may meet a closed connection; what counts is that the answer comes through.
      call.on("error", () => undefined);
      call.end(body);
      const response = await new Promise<IncomingMessage>((resolve) => call.once("response", resolve));
      response.resume();
      expect(response.statusCode).toBe(413);
      await once(response, "end");
    },
  );

  test("is not read at all while the bodies held together have no room for it", async () => {
    const { port, held } = await start({ together: 1500 });
    const first = callRaw(port, { method: "POST", path: "/wait", body: "x".repeat(1000) });
    await arrived(1);
    expect(held.held()).toBe(1000);
    const second = openRaw(port, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600\r\n\r\n");
    const refused = await second.answer;
    expect([refused.status, headerIn(refused, "Retry-After")]).toEqual([503, "1"]);
    expect(refused.body).toContain("HERD_TOO_MUCH_HELD");
    const third = await callRaw(port, { method: "POST", path: "/echo", body: "y".repeat(400) });
    expect(third.status).toBe(200);
    waiting.pop()?.();
    await first;
  });

  test("gives its bytes back when the answer has ended, written by the framework or by hand", async () => {
    const { port, held } = await start();
    expect((await callRaw(port, { method: "POST", path: "/echo", body: "x".repeat(900) })).status).toBe(200);
    expect((await callRaw(port, { method: "POST", path: "/hijacked", body: "x".repeat(900) })).body).toContain("900");
    await expect.poll(() => held.held()).toBe(0);
  });

  test("gives its bytes back when the client leaves while its request waits", async () => {
    const { port, held } = await start();
    const connections = [1, 2, 3].map(() =>
      openRaw(port, `POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 800\r\n\r\n${"x".repeat(800)}`),
    );
    await arrived(3);
    expect(held.held()).toBe(2400);
    for (const { socket } of connections) socket.destroy();
    await expect.poll(() => held.held()).toBe(0);
  });

  test("gives its bytes back when the client leaves in the middle of sending it", async () => {
    const { port, held } = await start();
    const { socket } = openRaw(port, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 800\r\n\r\nabc");
    await expect.poll(() => held.held()).toBe(800);
    socket.destroy();
    await expect.poll(() => held.held()).toBe(0);
  });

  test("is asked for when the client waits for 100 Continue", async () => {
    const { port } = await start();
    const head =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    const { socket, answer } = openRaw(port, head);
    const [first] = (await once(socket, "data")) as [Buffer];
    expect(first.toString()).toContain("100 Continue");
    socket.write("abc");
    expect((await answer).body).toContain("abc");
  });
});

describe("a route that reads its body itself", () => {
  test("gets it as it comes, however large, and nothing of it is held", async () => {
    const { port, held } = await start();
    const { socket, answer } = openRaw(
      port,
      "POST /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5000\r\n\r\n",
    );
    socket.write("x".repeat(2000));
    expect(held.held()).toBe(0);
    socket.write("x".repeat(3000));
    expect((await answer).body).toBe('{"size":5000,"held":0}');
  });
});

describe("a body packed by zstd", () => {
  const packed = (text: string): string => zstdCompressSync(text).toString("latin1");
  const send = (port: number, path: string, { text, encoding = "zstd" }: { text: string; encoding?: string }) => {
    const body = packed(text);
    const encodings = `Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}`;
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-A: 1\r\n${encodings}\r\n\r\n`;
    return openRaw(port, Buffer.from(`${head}${body}`, "latin1")).answer;
  };

  test("is unpacked where the route says so, and its encoding is forgotten", async () => {
    const { port, held } = await start();
    const answer = await send(port, "/decoded", { text: '{"a":1}' });
    expect([answer.status, answer.body]).toEqual([200, '{"a":1}']);
    const forwarded = headerIn(answer, "X-Forwarded") ?? "";
    expect(forwarded).toContain("|X-A|1|");
    expect(forwarded.toLowerCase()).not.toContain("encoding");
    await expect.poll(() => held.held()).toBe(0);
  });

  test("stays packed on other routes and under other names", async () => {
    const { port } = await start();
    expect((await send(port, "/echo", { text: '{"a":1}' })).body).toBe(packed('{"a":1}'));
    expect((await send(port, "/decoded", { text: '{"a":1}', encoding: "ZSTD" })).body).toBe(packed('{"a":1}'));
  });

  test("counts unpacked against the bounds of held bodies", async () => {
    const { port, held } = await start({ perBody: 1000 });
    const answer = await send(port, "/decoded", { text: "x".repeat(1001) });
    expect([answer.status, held.held()]).toEqual([413, 0]);
  });

  test("that is none is a bad request", async () => {
    const { port, told } = await start();
    const answer = await callRaw(port, {
      method: "POST",
      path: "/decoded",
      headers: { "Content-Encoding": "zstd" },
      body: "garbage here",
    });
    expect([answer.status, told[0]?.message]).toEqual([400, "invalid input: magic number mismatch"]);
  });
});

describe("a caller", () => {
  test("on this machine is known as such", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/who" });
    expect(JSON.parse(answer.body)).toMatchObject({ address: "127.0.0.1", isLoopback: true });
  });

  test("with a foreign host name is refused before anything else, in an answer that names the setting", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/who", headers: { Host: "evil.example.com" } });
    expect([answer.status, headerIn(answer, "X-Herd-Error"), answer.body]).toEqual([403, "HERD_HOST_REFUSED", ""]);
    expect([headerIn(answer, "Content-Length"), headerIn(answer, "Content-Type")]).toEqual(["0", undefined]);
    expect(headerIn(answer, "X-Herd-Hint")).toContain("allowed_hosts");
  });

  test("with a foreign host name reads the reason when it is a browser that opens a page", async () => {
    const { port } = await start();
    const headers = { Host: "evil.example.com", Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    const answer = await callRaw(port, { path: "/dashboard", headers });
    expect([answer.status, headerIn(answer, "Content-Type")]).toEqual([403, "text/plain; charset=utf-8"]);
    expect(answer.body).toBe(
      "the host name 'evil.example.com' is not allowed here. Add the name to the setting allowed_hosts\n",
    );
  });

  test("with a foreign host name is refused on unknown paths, too", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/nowhere", headers: { Host: "evil.example.com" } });
    expect(answer.status).toBe(403);
  });

  test.each([
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "x-forwarded-server",
  ])("that shows %s comes from outside while no proxy is trusted", async (name) => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/who", headers: { [name]: "1.2.3.4" } });
    expect([answer.status, headerIn(answer, "X-Herd-Error")]).toEqual([403, "HERD_ADDRESS_REFUSED"]);
  });

  test("behind a trusted proxy is who the proxy says", async () => {
    const { port } = await start({ rules: { trustedProxies: ["127.0.0.1"] } });
    const lan = await callRaw(port, { path: "/who", headers: { "X-Forwarded-For": "8.8.8.8, 192.168.1.7" } });
    expect(JSON.parse(lan.body)).toMatchObject({ address: "192.168.1.7", isLoopback: false });
    const outside = await callRaw(port, { path: "/who", headers: { "X-Forwarded-For": "192.168.1.7, 8.8.8.8" } });
    expect(outside.status).toBe(403);
    const change = { method: "DELETE", path: "/change", headers: { "X-Forwarded-For": "192.168.1.7" } };
    expect(headerIn(await callRaw(port, change), "X-Herd-Error")).toBe("HERD_ADMIN_ONLY");
  });

  test("behind a trusted proxy that does not tell whom it forwards is refused", async () => {
    const { port } = await start({ rules: { trustedProxies: ["127.0.0.1"] } });
    const answers = await Promise.all(
      [{ "X-Forwarded-Proto": "https" }, { Forwarded: "for=8.8.8.8" }, { "X-Forwarded-For": "unknown" }].map(
        (headers) => callRaw(port, { method: "DELETE", path: "/change", headers }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe("a request id", () => {
  test("of an acceptable form is kept, any other is replaced", async () => {
    const { port } = await start();
    const idOf = async (given: string): Promise<string> => {
      const { body } = await callRaw(port, { path: "/who", headers: { "X-Request-Id": given } });
      return (JSON.parse(body) as { id: string }).id;
    };
    expect(await idOf("Abc-1.2_3")).toBe("Abc-1.2_3");
    for (const refused of ["x".repeat(65), "with blank", "ümlaut", "a/b"]) {
      const id = await idOf(refused);
      expect(id).not.toBe(refused);
      expect(id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    }
  });
});

describe("an error", () => {
  test("inside the router tells nothing of itself", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/throws" });
    expect([answer.status, answer.body]).toEqual([500, "HERD_INTERNAL: internal error"]);
  });

  test("of the catalogue is told with code, hint and, where it helps, when to try again", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/known" });
    expect(answer.status).toBe(503);
    expect(headerIn(answer, "X-Herd-Error")).toBe("HERD_NO_CANDIDATE");
    expect(headerIn(answer, "X-Herd-Hint")).not.toBe("");
    expect(headerIn(answer, "Retry-After")).toBe("1");
    expect(headerIn(answer, "X-Request-Id")).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  });

  test("about an unknown path is Go's plain 404", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { method: "POST", path: "/api/nope", body: "{}" });
    expect([answer.status, headerIn(answer, "Content-Type"), answer.body]).toEqual([
      404,
      "text/plain",
      "404 page not found",
    ]);
  });

  test("about a wrong method names the right ones", async () => {
    const { port } = await start({ methodsOf: (path) => (path === "/api/tags" ? ["HEAD", "GET"] : []) });
    const answer = await callRaw(port, { method: "POST", path: "/api/tags?x=1", body: "{}" });
    expect([answer.status, headerIn(answer, "Content-Type"), answer.body]).toEqual([
      405,
      "text/plain",
      "405 method not allowed",
    ]);
    expect(headerIn(answer, "Allow")).toBe("HEAD, GET");
  });

  test("about a path with a broken escape leaves the server standing", async () => {
    const { port } = await start();
    const answer = await callRaw(port, { path: "/%zz" });
    expect([answer.status, answer.body]).toEqual([400, "400 Bad Request"]);
    expect((await callRaw(port, { path: "/who" })).status).toBe(200);
  });
});

describe("a path", () => {
  test("is cleaned before it is routed", async () => {
    const { port } = await start();
    for (const path of ["//who", "/x/../who", "/./who", "//who?x=1"]) {
      expect([path, (await callRaw(port, { path })).status]).toEqual([path, 200]);
    }
  });
});
