import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as call, createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HerdError } from "../../domain/errors.ts";
import type { SpooledBody } from "../../domain/request-body.ts";
import { HeldBytes } from "../held-bytes.ts";
import { createSpool, type SpoolBody } from "./spool-body.ts";

const MIB = 2 ** 20;
let folder: string;
let server: Server;
let held: HeldBytes;
let spool: SpoolBody;
let port: number;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), "herd-spool-")), "tmp");
  held = new HeldBytes({ perBody: 4 * MIB, together: 6 * MIB });
  spool = createSpool({ directory: folder, held });
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** Sends a body; resolves to the spooled one, or rejects as the spool does. */
async function put(body: Uint8Array, observe: (chunk: Uint8Array) => void = () => undefined): Promise<SpooledBody> {
  const arrived = once(server, "request") as Promise<[IncomingMessage]>;
  const sent = call({ port, method: "POST", headers: { "Transfer-Encoding": "chunked" } });
  sent.on("error", () => undefined);
  sent.end(body);
  const [incoming] = await arrived;
  return spool(incoming, observe);
}

async function bytesOf(body: SpooledBody, edits: Parameters<SpooledBody["open"]>[0] = []): Promise<Buffer> {
  const { stream, length } = body.open(edits);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  expect(whole.length).toBe(length);
  return whole;
}

const bytes = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, at) => (at * 7919) % 251));
const replace = (start: number, end: number, replacement: string) => ({
  range: { start, end },
  replacement,
  label: "x",
});

describe.each([
  ["a few bytes", 100],
  ["as many as memory takes", 256 * 1024],
  ["one more", 256 * 1024 + 1],
  ["some MiB", 3 * MIB],
])("a body of %s", (_what, size) => {
  test("is seen once as it comes, and read as often as wanted, with edits and at the same time", async () => {
    const sent = bytes(size);
    const seen: Buffer[] = [];
    const body = await put(sent, (chunk) => seen.push(Buffer.from(chunk)));
    expect([body.length, Buffer.concat(seen).equals(sent)]).toEqual([size, true]);
    const edited = Buffer.concat([sent.subarray(0, 10), Buffer.from("héllo"), sent.subarray(20, -1)]);
    const all = await Promise.all([
      bytesOf(body),
      bytesOf(body, [replace(size - 1, size, ""), replace(10, 20, "héllo")]),
      bytesOf(body),
    ]);
    expect([all[0]?.equals(sent), all[1]?.equals(edited), all[2]?.equals(sent)]).toEqual([true, true, true]);
    expect(held.held()).toBe(size);
    body.dispose();
    body.dispose();
    expect(held.held()).toBe(0);
  });
});

describe("the folder", () => {
  test("shows no file of a body, and none is left; where names stay, only this user reads it", async () => {
    const body = await put(bytes(MIB));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    if (process.platform !== "win32") expect(readdirSync(folder)).toEqual([]);
    body.dispose();
  });

  test("loses what an earlier run left, and nothing else", async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "upload-0b0d4c1e-0000-4000-8000-000000000000"), "x");
    writeFileSync(join(folder, "mine.txt"), "x");
    const body = await put(bytes(MIB));
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
    body.dispose();
  });

  test("is not made for bodies that stay in memory", async () => {
    (await put(bytes(1000))).dispose();
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a body is given up", () => {
  const codeOf = (putting: Promise<SpooledBody>): Promise<unknown> =>
    putting.then(
      () => "spooled",
      (error: unknown) => (error instanceof HerdError ? error.code : error),
    );

  test("when it is too large", async () => {
    expect(await codeOf(put(bytes(4 * MIB + 1)))).toBe("HERD_BODY_TOO_LARGE");
    expect(held.held()).toBe(0);
  });

  test("when all together are too large", async () => {
    const first = await put(bytes(4 * MIB));
    expect(await codeOf(put(bytes(3 * MIB)))).toBe("HERD_TOO_MUCH_HELD");
    expect(held.held()).toBe(4 * MIB);
    first.dispose();
    (await put(bytes(3 * MIB))).dispose();
  });

  test("when its client leaves in the middle", async () => {
    const arrived = once(server, "request") as Promise<[IncomingMessage]>;
    const socket = connect(port, "127.0.0.1");
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${MIB}\r\n\r\n${"x".repeat(MIB / 2)}`);
    const [incoming] = await arrived;
    const putting = codeOf(spool(incoming, () => socket.destroy()));
    expect(await putting).toBe("HERD_CLIENT_GONE");
    expect(held.held()).toBe(0);
  });

  test("only once who reads it has read it; nobody begins anew", async () => {
    const body = await put(bytes(3 * MIB));
    const { stream } = body.open([]);
    const reading = stream[Symbol.asyncIterator]();
    await reading.next();
    body.dispose();
    let rest = 0;
    for (let step = await reading.next(); step.done !== true; step = await reading.next()) rest += step.value.length;
    expect(rest).toBe(3 * MIB - 64 * 1024);
    await expect(bytesOf(body)).rejects.toThrow("given up");
  });
});
