import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RecordedExchange, readRecordedExchanges, requestBody } from "./recorded-exchange.ts";
import { headerOf } from "./request-reader.ts";
import { type Replay, startReplay } from "./start-replay.ts";

const folder = fileURLToPath(new URL("../../fixtures/ollama-0.24.0/", import.meta.url));
const exchanges = readRecordedExchanges(folder);

let replay: Replay;
beforeAll(async () => {
  replay = await startReplay({ folder });
});
afterAll(() => replay.close());

/** Everything that a connection delivers until `isComplete` holds or it ends, and how it ended. */
function send(port: number, bytes: Buffer, isComplete: (received: Buffer) => boolean) {
  return new Promise<{ received: Buffer; end: "complete" | "fin" | "rst" }>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let received = Buffer.alloc(0);
    const settle = (end: "complete" | "fin" | "rst") => {
      socket.destroy();
      resolve({ received, end });
    };
    socket.on("data", (more) => {
      received = Buffer.concat([received, more]);
      if (isComplete(received)) settle("complete");
    });
    socket.on("end", () => settle("fin"));
    socket.on("error", () => settle("rst"));
  });
}

/** The request as the recorder sent it, to this port, with the name of the recording that must answer. */
function requestBytes({ request, name }: RecordedExchange, isNamed: boolean): Buffer {
  const headers = request.headers.map(([key, value]) => `${key}: ${value.replace(/127\.0\.0\.1:1152\d/, own())}`);
  const body = requestBody(request);
  const isChunked = headerOf(request.headers, "transfer-encoding") === "chunked";
  const half = Math.ceil(body.length / 2);
  const parts = isChunked ? [body.subarray(0, half), body.subarray(half)] : [];
  const framed = parts.map((part) => `${part.length.toString(16)}\r\n${part.toString("latin1")}\r\n`).join("");
  const head = [
    `${request.method} ${request.path} ${request.httpVersion ?? "HTTP/1.1"}`,
    ...headers.map((header) => header.replace(/^Host: localhost:11521$/, `Host: localhost:${replay.port}`)),
    ...(isNamed ? [`X-Recording: ${name}`] : []),
  ].join("\r\n");
  return Buffer.concat([
    Buffer.from(`${head}\r\n\r\n`),
    isChunked ? Buffer.from(`${framed}0\r\n\r\n`, "latin1") : body,
  ]);
}

function own(): string {
  return `127.0.0.1:${replay.port}`;
}

/** What was recorded, as bytes; written down here once more, independently of the server. */
function expectedBytes({ request, response }: RecordedExchange): string {
  if (response.status === null) return "";
  const isChunked = response.transferEncoding === "chunked" && request.method !== "HEAD";
  const chunks = response.chunks.map((chunk) => {
    const bytes = Buffer.from(chunk.base64 ?? chunk.text ?? "", chunk.base64 === undefined ? "utf8" : "base64");
    const text = bytes.toString("latin1");
    return isChunked ? `${bytes.length.toString(16)}\r\n${text}\r\n` : text;
  });
  const head = [`${response.httpVersion ?? "HTTP/1.1"} ${response.status} ${response.reason}`];
  for (const [name, value] of response.headers) head.push(`${name}: ${name === "Date" ? "D" : value}`);
  const end = isChunked && response.endedBy === "complete" ? "0\r\n\r\n" : "";
  return `${response.interim ?? ""}${head.join("\r\n")}\r\n\r\n${chunks.join("")}${end}`;
}

const masked = (received: Buffer) => received.toString("latin1").replace(/(?<=^|\n)Date: [^\r]+ GMT/, "Date: D");

async function ask(exchange: RecordedExchange, isNamed: boolean) {
  const expected = expectedBytes(exchange);
  const { endedBy } = exchange.response;
  const bytes = requestBytes(exchange, isNamed);
  const waits = endedBy === "timeout" || endedBy === "client-abort";
  const isDone = (received: Buffer) => endedBy === "complete" && masked(received).length >= expected.length;
  const expectation =
    exchange.response.interim === undefined ? bytes : bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4);
  if (expectation.length < bytes.length) return await askInTwoSteps(bytes, isDone);
  if (!waits) return await send(replay.port, bytes, isDone);
  const answer = send(replay.port, bytes, (received) => expected !== "" && masked(received).length >= expected.length);
  // Nothing may come, so nothing can be waited for: the answer must only not have ended.
  if (expected === "") return await Promise.race([answer, sleep(20, { received: Buffer.alloc(0), end: "silent" })]);
  return await answer;
}

/** As curl does: the head first, and the body only after `100 Continue`. */
async function askInTwoSteps(bytes: Buffer, isDone: (received: Buffer) => boolean) {
  const bodyAt = bytes.indexOf("\r\n\r\n") + 4;
  return await new Promise<{ received: Buffer; end: string }>((resolve) => {
    const socket = connect(replay.port, "127.0.0.1", () => socket.write(bytes.subarray(0, bodyAt)));
    let received = Buffer.alloc(0);
    socket.on("data", (more) => {
      if (received.length === 0) socket.write(bytes.subarray(bodyAt));
      received = Buffer.concat([received, more]);
      if (!isDone(received)) return;
      socket.destroy();
      resolve({ received, end: "complete" });
    });
  });
}

describe("a replay of all 485 exchanges", () => {
  test("knows every one of them", () => {
    expect(exchanges).toHaveLength(485);
    expect(new Set(replay.names).size).toBe(485);
  });

  test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))(
    "%s: byte by byte",
    async (name, exchange) => {
      const answer = await ask(exchange, true);
      expect(masked(answer.received)).toBe(expectedBytes(exchange));
      const ends: Record<string, string> = { reset: "fin", "client-abort": "silent" };
      const end = exchange.response.status === null && exchange.response.endedBy === "timeout" ? "silent" : undefined;
      expect(answer.end).toBe(end ?? ends[exchange.response.endedBy] ?? "complete");
      expect(replay.played.at(-1)).toBe(name);
    },
  );
});

describe("without a name", () => {
  test("every recorded request, sent in recorded order, is answered by its own recording", async () => {
    const fresh = await startReplay({ folder });
    const before = replay;
    replay = fresh;
    try {
      for (const exchange of exchanges) await ask(exchange, false);
      expect(fresh.played).toEqual(exchanges.map(({ name }) => name));
    } finally {
      replay = before;
      await fresh.close();
    }
  });

  test("the same request gets the answers of its recordings one after the other, and from the first again", async () => {
    const fresh = await startReplay({ folder });
    const copy = { method: "POST", body: '{"destination":"smol-copy", "source":"smollm2:135m"}' };
    for (let round = 0; round < 3; round++) await fetch(`${fresh.url}/api/copy`, copy);
    expect(fresh.played).toEqual(["copy", "copy-existing-destination", "copy"]);
    await fresh.close();
  });

  test("the headers choose: an origin, a host, an authorization", async () => {
    const get = async (headers: Record<string, string>) => {
      const head = Object.entries({ Host: own(), ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
      await send(replay.port, Buffer.from(`GET /api/version HTTP/1.1\r\n${head.join("")}\r\n`), () => true);
      return replay.played.at(-1);
    };
    expect(await get({ Origin: "null" })).toBe("cors-get-null");
    expect(await get({ Host: "8.8.8.8:11434" })).toBe("host-public-ip-403");
    expect(await get({ Host: `localhost:${replay.port}` })).toBe("host-localhost-ok");
    expect(await get({ Connection: "close" })).toBe("connection-close-get");
  });
});

describe("what was not recorded", () => {
  test("is a 501 that names the nearest recordings", async () => {
    const body = JSON.stringify({ source: "smollm2:135m", destination: "another" });
    const answer = await fetch(`${replay.url}/api/copy`, { method: "POST", body });
    expect(answer.status).toBe(501);
    const { error } = (await answer.json()) as { error: string };
    expect(error).toMatch(/^no recording of POST \/api\/copy with this body; nearest: copy/);
    expect(error).toContain("x-recording");
  });

  test("an unknown name and an unknown host say so", async () => {
    const named = await fetch(`${replay.url}/`, { headers: { "x-recording": "nope" } });
    expect([named.status, await named.text()]).toEqual([501, expect.stringContaining("no recording is called nope")]);
    const bytes = Buffer.from("GET /api/version HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n");
    const answer = await send(replay.port, bytes, () => false);
    expect(masked(answer.received)).toContain("was not recorded with these Host, Origin and version");
    expect(answer.end).toBe("fin");
  });

  test("bytes that are no HTTP end the connection", async () => {
    const answer = await send(replay.port, Buffer.from("\u0016\u0003\u0001 hello\r\n\r\n"), () => false);
    expect(answer.received.toString()).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.end).toBe("fin");
  });

  test("a folder without recordings and a taken port are errors", async () => {
    await expect(startReplay({ folder: fileURLToPath(new URL("./", import.meta.url)) })).rejects.toThrow(
      "no recordings",
    );
    await expect(startReplay({ folder, port: replay.port })).rejects.toThrow("EADDRINUSE");
  });
});

test("recorded times are kept when they are asked for", async () => {
  let now = 0;
  const waits: number[] = [];
  const surroundings = {
    now: () => now,
    random: () => 0,
    wait: (milliseconds: number) => {
      waits.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const slow = await startReplay({ folder, timeScale: 2 }, surroundings);
  const answer = await fetch(`${slow.url}/api/chat`, {
    method: "POST",
    body: "{}",
    headers: { "x-recording": "chat-stream" },
  });
  await answer.text();
  await slow.close();
  const chat = exchanges.find(({ name }) => name === "chat-stream");
  expect(now).toBeCloseTo(2 * (chat?.response.endedAtMs ?? 0), 6);
  expect(waits[0]).toBeCloseTo(2 * (chat?.response.headersAtMs ?? 0), 6);
});

test("a kept connection answers several requests, also when they come at once", async () => {
  const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: ${own()}\r\n${more}\r\n`;
  const bytes = Buffer.from(get("/api/status") + get("/nope") + get("/api/version", "Connection: close\r\n"));
  const answer = await send(replay.port, bytes, () => false);
  expect([...masked(answer.received).matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual([
    "200",
    "404",
    "200",
  ]);
  expect(answer.end).toBe("fin");
});
