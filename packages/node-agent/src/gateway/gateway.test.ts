import { createHash, randomBytes } from "node:crypto";
import { Agent, createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { createIdentity, deriveLinkSecret, type LinkSecret, linkHeaders, signCall } from "@herd/shared/link";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { RouterPeer } from "../agent/membership.ts";
import { type Gateway, type GatewayDependencies, openGateway } from "./gateway.ts";

const secret = deriveLinkSecret(createIdentity(), createIdentity().publicKey);
const router: RouterPeer = { address: "127.0.0.1", isLocal: false, secret };

const MIB = 2 ** 20;
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listening(server: {
  listen(port: number, host: string, done: () => void): unknown;
  address(): unknown;
}) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A backend that speaks through node:http. */
async function httpBackend(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  cleanUps.push(() => server.close() && server.closeAllConnections());
  return `http://127.0.0.1:${await listening(server)}`;
}

/** A backend that writes what it likes onto the socket, once it has read a request's head. */
async function rawBackend(answer: (socket: Socket, head: string) => unknown): Promise<string> {
  const server = createTcpServer((socket) => {
    let head = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (head.includes("\r\n\r\n")) return;
      head += chunk.toString("latin1");
      if (head.includes("\r\n\r\n")) answer(socket, head);
    });
    cleanUps.push(() => socket.destroy());
  });
  cleanUps.push(() => server.close());
  return `http://127.0.0.1:${await listening(server)}`;
}

interface Opened extends Gateway {
  readonly at: number;
  readonly denied: string[];
  readonly unreachable: Error[];
}

async function open(backend: string, overrides: Partial<GatewayDependencies> = {}): Promise<Opened> {
  const denied: string[] = [];
  const unreachable: Error[] = [];
  const opened = Promise.withResolvers<number>();
  const gateway = openGateway({
    host: "127.0.0.1",
    port: 0,
    backends: { "/ollama": { url: backend, within: "/" }, "/openai-8080": { url: `${backend}/base`, within: "/v1/" } },
    peers: () => [router],
    now: Date.now,
    onOpen: opened.resolve,
    onBlocked: opened.reject,
    onDenied: ({ reason }) => denied.push(reason),
    onUnreachable: (error) => unreachable.push(error),
    ...overrides,
  });
  cleanUps.push(() => gateway.close());
  return { ...gateway, at: await opened.promise, denied, unreachable };
}

interface CallOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  readonly from?: string;
  readonly signing?: Partial<{ method: string; path: string; time: number; nonce: string; secret: LinkSecret }>;
  readonly agent?: Agent;
}

function signatureOf({ method = "GET", path = "/ollama/api/tags", signing = {} }: CallOptions): Record<string, string> {
  const signed = { method, path, time: Date.now(), nonce: randomBytes(12).toString("base64url"), ...signing };
  return {
    [linkHeaders.time]: String(signed.time),
    [linkHeaders.nonce]: signed.nonce,
    [linkHeaders.signature]: signCall(signing.secret ?? secret, signed),
  };
}

/** Sends a call and gives its answer as soon as the head is there. */
function begin(port: number, options: CallOptions = {}): Promise<IncomingMessage> {
  const { method = "GET", path = "/ollama/api/tags", headers = {}, body, from, agent } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { ...signatureOf(options), ...headers },
        agent: agent ?? false,
        ...(from === undefined ? {} : { localAddress: from }),
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(body);
    cleanUps.push(() => sent.destroy());
  });
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly rawHeaders: readonly string[];
  readonly mark: unknown;
  readonly body: Buffer;
  readonly isWhole: boolean;
}

async function call(port: number, options: CallOptions = {}): Promise<Answer> {
  const answer = await begin(port, options);
  const chunks: Buffer[] = [];
  const isWhole = await new Promise<boolean>((resolve) => {
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("end", () => resolve(true));
    answer.on("error", () => resolve(false));
  });
  return {
    status: answer.statusCode ?? 0,
    statusText: answer.statusMessage ?? "",
    rawHeaders: answer.rawHeaders,
    mark: answer.headers[linkHeaders.gateway],
    body: Buffer.concat(chunks),
    isWhole,
  };
}

const chunked = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);

test("any bytes in any pieces reach the router as the backend sent them", async () => {
  let pieces: readonly Buffer[] = [];
  const backend = await rawBackend((socket) => {
    const head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    socket.setNoDelay(true);
    for (const piece of [Buffer.from(head), ...pieces.map(chunked), Buffer.from("0\r\n\r\n")]) {
      const middle = Math.floor(piece.length / 2);
      socket.write(piece.subarray(0, middle));
      socket.write(piece.subarray(middle));
    }
    socket.end();
  });
  const gateway = await open(backend);
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((array) => Buffer.from(array));
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 12 }), async (wanted) => {
      pieces = wanted;
      const answer = await call(gateway.at);
      expect(answer.isWhole).toBe(true);
      expect(answer.body.equals(Buffer.concat([...wanted]))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("status, reason, spelling, order and repetitions of headers are the backend's, and so is the date", async () => {
  const backend = await rawBackend((socket) =>
    socket.end(
      "HTTP/1.1 418 I'm A Teapot\r\nX-ONE: 1\r\nx-one: 2\r\nDate: Tue, 01 Jan 2019 00:00:00 GMT\r\nx-herd-gateway: refused\r\nContent-Length: 2\r\n\r\nhi",
    ),
  );
  const gateway = await open(backend);
  const answer = await call(gateway.at);
  expect([answer.status, answer.statusText, answer.body.toString()]).toEqual([418, "I'm A Teapot", "hi"]);
  expect(answer.rawHeaders.slice(0, 8)).toEqual([
    ...["X-ONE", "1", "x-one", "2"],
    ...["Date", "Tue, 01 Jan 2019 00:00:00 GMT", "Content-Length", "2"],
  ]);
  expect(answer.mark).toBeUndefined();
});

test("a backend that states no date gets none", async () => {
  const gateway = await open(await rawBackend((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n")));
  const answer = await call(gateway.at);
  expect(answer.status).toBe(204);
  expect(answer.rawHeaders.map((part) => part.toLowerCase())).not.toContain("date");
});

test("method, path, query and body reach the backend as they came, with its own Host", async () => {
  const seen: { line: string; host: string | undefined; digest: string; length: string | undefined }[] = [];
  const backend = await httpBackend((incoming, response) => {
    const hash = createHash("sha256");
    incoming.on("data", (chunk) => hash.update(chunk));
    incoming.on("end", () => {
      const { host, "content-length": length } = incoming.headers;
      seen.push({ line: `${incoming.method} ${incoming.url}`, host, digest: hash.digest("hex"), length });
      response.end();
    });
  });
  const gateway = await open(backend);
  const body = randomBytes(300_000);
  const digest = createHash("sha256").update(body).digest("hex");
  await call(gateway.at, {
    method: "POST",
    path: "/ollama//api/chat?x=%2F&y",
    body,
    headers: { "content-length": "300000" },
  });
  await call(gateway.at, { method: "PUT", path: "/ollama", body, headers: { "transfer-encoding": "chunked" } });
  const { host } = new URL(backend);
  expect(seen).toEqual([
    { line: "POST //api/chat?x=%2F&y", host, digest, length: "300000" },
    { line: "PUT /", host, digest, length: undefined },
  ]);
});

test("HEAD gets the head of the backend and no body", async () => {
  const backend = await httpBackend((_incoming, response) => response.writeHead(200, { "content-length": "17" }).end());
  const answer = await call((await open(backend)).at, { method: "HEAD" });
  expect([answer.status, answer.body.length]).toEqual([200, 0]);
  expect(answer.rawHeaders).toContain("17");
});

test("the head and each piece go out at once: the backend sends the next only when the router has the last", async () => {
  const has = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const backend = await httpBackend(async (_incoming, response) => {
    response.writeHead(200).flushHeaders();
    for (const [index, received] of has.entries()) {
      await received.promise;
      response.write(`piece ${index}`);
    }
    response.end();
  });
  const gateway = await open(backend);
  const answer = await begin(gateway.at);
  const pieces: string[] = [];
  has[0]?.resolve();
  for await (const chunk of answer) {
    pieces.push(String(chunk));
    has[pieces.length]?.resolve();
  }
  expect(pieces).toEqual(["piece 0", "piece 1", "piece 2"]);
});

test.each([
  ["FIN", (socket: Socket) => socket.end()],
  ["RST", (socket: Socket) => socket.resetAndDestroy()],
] as const)(
  "a stream that the backend ends by %s ends as a cut, after everything that was received",
  async (_name, end) => {
    const hasReceived = Promise.withResolvers<void>();
    const backend = await rawBackend(async (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nbefore\r\n");
      await hasReceived.promise;
      end(socket);
    });
    const gateway = await open(backend);
    const answer = await begin(gateway.at);
    const chunks: string[] = [];
    const isWhole = await new Promise<boolean>((resolve) => {
      answer.on("data", (chunk) => chunks.push(String(chunk)) && hasReceived.resolve());
      answer.on("end", () => resolve(true));
      answer.on("error", () => resolve(false));
    });
    expect(isWhole).toBe(false);
    expect(chunks.join("")).toBe("before");
  },
);

test("a cut right behind the last bytes loses none of them, though the router reads late", async () => {
  const size = 4 * MIB;
  const isOver = Promise.withResolvers<void>();
  const backend = await rawBackend((socket) => {
    socket.on("close", () => isOver.resolve());
    socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${"x".repeat(size)}\r\n`);
  });
  const answer = await begin((await open(backend)).at);
  // Where the system's buffers cannot hold it all, the backend ends only while the router reads.
  await Promise.race([isOver.promise, new Promise((resolve) => setTimeout(resolve, 500))]);
  let received = 0;
  const isWhole = await new Promise<boolean>((resolve) => {
    answer.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    answer.on("end", () => resolve(true));
    answer.on("error", () => resolve(false));
  });
  expect([received, isWhole]).toEqual([size, false]);
});

test("an answer shorter than its stated length ends as a cut", async () => {
  const backend = await rawBackend((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"));
  const answer = await call((await open(backend)).at);
  expect([answer.body.toString(), answer.isWhole]).toEqual(["short", false]);
});

test("a backend that takes the request and ends without an answer is passed on as that", async () => {
  const gateway = await open(await rawBackend((socket) => socket.end()));
  await expect(call(gateway.at)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(gateway.unreachable).toEqual([]);
});

test("a backend that cannot be connected to gives 502 with the mark, whatever is still being sent, and the connection stays", async () => {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const gateway = await open(`http://127.0.0.1:${port}`);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanUps.push(() => agent.destroy());
  for (let round = 0; round < 2; round += 1) {
    const answer = await call(gateway.at, { method: "POST", body: Buffer.alloc(3_000_000), agent });
    expect([answer.status, answer.mark]).toEqual([502, "unreachable"]);
    expect(JSON.parse(answer.body.toString())).toHaveProperty("error");
  }
  expect(gateway.unreachable).toHaveLength(2);
});

test("an answer that comes before the whole request was sent leaves the gateway working", async () => {
  const backend = await rawBackend((socket) => socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"));
  const gateway = await open(backend);
  const first = await call(gateway.at, { method: "POST", body: Buffer.alloc(100_000) });
  expect(first.status).toBe(413);
  expect((await call(gateway.at)).status).toBe(413);
});

test("a caller that leaves in mid-stream ends the backend's work at once", async () => {
  const closed = Promise.withResolvers<string>();
  const backend = await httpBackend((_incoming, response) => {
    response.write("begun");
    response.on("close", () => closed.resolve("closed"));
  });
  const answer = await begin((await open(backend)).at);
  answer.destroy();
  expect(await closed.promise).toBe("closed");
});

test("a caller that leaves before the answer begins ends the backend's work at once", async () => {
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<string>();
  const backend = await httpBackend((_incoming, response) => {
    arrived.resolve();
    response.on("close", () => closed.resolve("closed"));
  });
  const gateway = await open(backend);
  const sent = request({ host: "127.0.0.1", port: gateway.at, path: "/ollama/api/tags", headers: signatureOf({}) });
  sent.on("error", () => undefined).end();
  await arrived.promise;
  sent.destroy();
  expect(await closed.promise).toBe("closed");
});

test("a caller that leaves in the middle of its request cuts it for the backend, too", async () => {
  const begun = Promise.withResolvers<void>();
  const isComplete = Promise.withResolvers<boolean>();
  const backend = await httpBackend((incoming) => {
    incoming.once("data", () => begun.resolve());
    incoming.on("error", () => undefined).on("close", () => isComplete.resolve(incoming.complete));
  });
  const gateway = await open(backend);
  const headers = { ...signatureOf({ method: "POST" }), "content-length": "1000000" };
  const sent = request({ host: "127.0.0.1", port: gateway.at, method: "POST", path: "/ollama/api/tags", headers });
  sent.on("error", () => undefined).write(Buffer.alloc(1000));
  await begun.promise;
  sent.destroy();
  expect(await isComplete.promise).toBe(false);
});

test("a call from another address than the router's is refused, though it is signed", async () => {
  let calls = 0;
  const gateway = await open(await httpBackend((_incoming, response) => response.end(String(++calls))));
  const stranger = await call(gateway.at, { from: "127.0.0.2", method: "POST", body: Buffer.alloc(100) });
  expect([stranger.status, stranger.mark, calls]).toEqual([403, "refused", 0]);
  expect((await call(gateway.at, { from: "127.0.0.1" })).status).toBe(200);
});

test("before the agent has joined nobody is let in", async () => {
  const gateway = await open(await httpBackend((_incoming, response) => response.end()), { peers: () => [] });
  expect((await call(gateway.at)).mark).toBe("refused");
});

test("a router on this machine may call from any loopback address", async () => {
  const peers = () => [{ ...router, address: "192.168.7.7", isLocal: true }];
  const gateway = await open(await httpBackend((_incoming, response) => response.end()), { peers });
  expect((await call(gateway.at, { from: "127.0.0.5" })).status).toBe(200);
});

const anHour = 3_600_000;
test.each<[string, CallOptions]>([
  ["for another method", { signing: { method: "POST" } }],
  ["for another path", { signing: { path: "/ollama/api/version" } }],
  ["for the path without its query", { path: "/ollama/api/tags?x=1", signing: { path: "/ollama/api/tags" } }],
  ["with another secret", { signing: { secret: deriveLinkSecret(createIdentity(), createIdentity().publicKey) } }],
  ["for a time long past", { signing: { time: Date.now() - anHour } }],
  ["for a time to come", { signing: { time: Date.now() + anHour } }],
  ["with a changed nonce", { headers: { [linkHeaders.nonce]: "other" } }],
  ["with a changed time", { headers: { [linkHeaders.time]: String(Date.now() - 1) } }],
  ["with an empty signature", { headers: { [linkHeaders.signature]: "" } }],
])("a call signed %s is unauthorised", async (_how, options) => {
  let calls = 0;
  const gateway = await open(await httpBackend((_incoming, response) => response.end(String(++calls))));
  const answer = await call(gateway.at, options);
  expect([answer.status, answer.mark, calls]).toEqual([401, "unauthorised", 0]);
});

test("a call without a signature is unauthorised", async () => {
  const gateway = await open(await httpBackend((_incoming, response) => response.end()));
  const answer = await new Promise<IncomingMessage>((resolve) => {
    request({ host: "127.0.0.1", port: gateway.at, path: "/ollama/api/tags", agent: false }, resolve).end();
  });
  answer.resume();
  expect([answer.statusCode, answer.headers[linkHeaders.gateway]]).toEqual([401, "unauthorised"]);
});

test("a call passes once; the same one again is unauthorised", async () => {
  const gateway = await open(await httpBackend((_incoming, response) => response.end()));
  const signing = { time: Date.now(), nonce: "once" };
  expect((await call(gateway.at, { signing })).status).toBe(200);
  const again = await call(gateway.at, { signing });
  expect([again.status, again.mark]).toEqual([401, "unauthorised"]);
  expect(gateway.denied).toEqual(["the call was made before"]);
});

test("times are judged on this machine's clock, wherever it stands", async () => {
  const aDayAhead = () => Date.now() + 24 * anHour;
  const gateway = await open(await httpBackend((_incoming, response) => response.end()), { now: aDayAhead });
  expect((await call(gateway.at, { signing: { time: aDayAhead() } })).status).toBe(200);
  expect((await call(gateway.at)).status).toBe(401);
});

test.each([
  "POST /api/generate",
  "POST /api/chat",
  "POST /api/embed",
  "POST /api/embeddings",
  "POST /api/show",
  "POST /api/copy",
  "POST /api/create",
  "POST /api/pull",
  "POST /api/push",
  "POST /api/me",
  "POST /api/signout",
  "POST /api/experimental/web_search",
  "DELETE /api/delete",
  "HEAD /api/blobs/sha256:29fdb92e57cf0827ded04ae6461b5931d01fa595843f55d36f5b275a52087dd2",
  "POST /api/blobs/sha256:29fdb92e57cf0827ded04ae6461b5931d01fa595843f55d36f5b275a52087dd2",
  "POST /v1/chat/completions",
  "POST /v1/completions",
  "POST /v1/embeddings",
  "POST /v1/responses",
  "POST /v1/messages",
  "POST /v1/images/generations",
  "POST /v1/audio/transcriptions",
])("Ollama is lent whole: %s", async (line) => {
  const seen: string[] = [];
  const backend = await httpBackend((incoming, response) => {
    let length = 0;
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    incoming.on("end", () => {
      seen.push(`${incoming.method} ${incoming.url}`, String(incoming.headers["content-type"]), String(length));
      response.end("ok");
    });
  });
  const gateway = await open(backend);
  const [method = "", path = ""] = line.split(" ");
  const type = "multipart/form-data; boundary=x";
  // Without a stated length Node's own client sends no framing with DELETE.
  const length: Readonly<Record<string, string>> = method === "DELETE" ? { "content-length": "70000" } : {};
  const body = method === "HEAD" ? {} : { body: randomBytes(70_000) };
  const headers = { "content-type": type, ...length };
  const answer = await call(gateway.at, { method, path: `/ollama${path}`, headers, ...body });
  expect([answer.status, answer.body.toString()]).toEqual([200, method === "HEAD" ? "" : "ok"]);
  expect(seen).toEqual([line, type, method === "HEAD" ? "0" : "70000"]);
});

test("of another server OpenAI's API is lent, under its base path, and nothing else", async () => {
  const seen: string[] = [];
  const backend = await httpBackend((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    response.end();
  });
  const gateway = await open(backend);
  const ask = async (path: string) => {
    const { mark } = await call(gateway.at, { path: `/openai-8080${path}`, signing: { path: `/openai-8080${path}` } });
    return mark;
  };
  expect(await ask("/v1/models?x=1")).toBeUndefined();
  for (const path of ["", "/", "/props", "/v1", "/v1/../props", "/v1/%2e%2e/slots", "/v1/..\\slots", "//v1/models"])
    expect([path, await ask(path)]).toEqual([path, "unreachable"]);
  expect(seen).toEqual(["GET /base/v1/models?x=1"]);
});

test("a path that names no backend is answered as unreachable", async () => {
  const gateway = await open(await httpBackend((_incoming, response) => response.end()));
  for (const path of ["/", "/ollamas/api/tags", "/other"]) {
    expect((await call(gateway.at, { path, signing: { path } })).mark).toBe("unreachable");
  }
});

test("what is no HTTP gets no answer", async () => {
  const gateway = await open(await httpBackend((_incoming, response) => response.end()));
  const received = await new Promise<string>((resolve) => {
    const socket = connect(gateway.at, "127.0.0.1", () => socket.write("NOT HTTP\r\n\r\n"));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
  expect(received).toBe("");
});

test("200 MiB pass both ways with flat memory", async () => {
  const block = Buffer.alloc(MIB, "x");
  const backend = await httpBackend(async (incoming, response) => {
    let received = 0;
    for await (const chunk of incoming) received += (chunk as Buffer).length;
    response.writeHead(200, { "x-received": String(received) });
    for (let sent = 0; sent < 200; sent += 1) {
      if (!response.write(block)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  });
  const gateway = await open(backend);
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const headers = { ...signatureOf({ method: "POST" }), "content-length": String(200 * MIB) };
  const sent = request({ host: "127.0.0.1", port: gateway.at, method: "POST", path: "/ollama/api/tags", headers });
  const head = new Promise<IncomingMessage>((resolve) => sent.once("response", resolve));
  for (let count = 0; count < 200; count += 1) {
    if (!sent.write(block)) await new Promise((resolve) => sent.once("drain", resolve));
  }
  sent.end();
  const answer = await head;
  let received = 0;
  for await (const chunk of answer) received += (chunk as Buffer).length;
  clearInterval(sampler);
  expect([answer.headers["x-received"], received]).toEqual([String(200 * MIB), 200 * MIB]);
  expect((peak - before) / MIB).toBeLessThan(150);
});

test("a router that does not read stops the backend from writing", async () => {
  const block = Buffer.alloc(64 * 1024);
  let written = 0;
  const backend = await httpBackend((_incoming, response) => {
    const fill = (): void => {
      while (written < 400 * MIB && response.write(block)) written += block.length;
      written += block.length;
      response.once("drain", fill);
    };
    fill();
  });
  const answer = await begin((await open(backend)).at);
  answer.pause();
  const counts: number[] = [];
  await expect.poll(() => counts.push(written) > 3 && written === counts.at(-3), { interval: 100 }).toBe(true);
  expect(written / MIB).toBeGreaterThan(0.05);
  expect(written / MIB).toBeLessThan(60);
});

test("while it drains, running calls finish and new ones get 503 with the mark", async () => {
  const finish = Promise.withResolvers<void>();
  const backend = await httpBackend(async (_incoming, response) => {
    response.write("begun ");
    await finish.promise;
    response.end("and finished");
  });
  const gateway = await open(backend);
  const running = await begin(gateway.at);
  let isDrained = false;
  const drained = gateway.drain(20_000).then(() => {
    isDrained = true;
  });
  const late = await call(gateway.at);
  expect([late.status, late.mark, isDrained]).toEqual([503, "unreachable", false]);
  finish.resolve();
  const chunks: string[] = [];
  for await (const chunk of running) chunks.push(String(chunk));
  expect(chunks.join("")).toBe("begun and finished");
  await drained;
});

test("draining ends after its bound though a call still runs, and closing cuts that call", async () => {
  const gateway = await open(await httpBackend((_incoming, response) => void response.write("begun")));
  const running = await begin(gateway.at);
  const cut = new Promise((resolve) => running.resume().on("error", resolve));
  await gateway.drain(10);
  await gateway.close();
  expect(await cut).toMatchObject({ code: "ECONNRESET" });
});

test("a port that is taken is tried again until it is free", async () => {
  const holder = createTcpServer();
  const port = await listening(holder);
  const blocked: unknown[] = [];
  const opened = Promise.withResolvers<number>();
  const gateway = openGateway({
    host: "127.0.0.1",
    port,
    backends: {},
    peers: () => [],
    now: Date.now,
    onOpen: opened.resolve,
    onBlocked: ({ code }) => blocked.push(code),
    onDenied: () => undefined,
    onUnreachable: () => undefined,
    retryMs: 10,
  });
  cleanUps.push(() => gateway.close());
  await expect.poll(() => blocked.length).toBeGreaterThan(1);
  expect([gateway.port(), blocked[0]]).toEqual([undefined, "EADDRINUSE"]);
  holder.close();
  expect(await opened.promise).toBe(port);
});
