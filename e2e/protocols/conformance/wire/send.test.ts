import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { bodyOf } from "./message.ts";
import { sendWire } from "./send.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that hands each connection, with what has come on it so far, to a function. */
async function serverThat(onBytes: (received: string, socket: Socket) => void): Promise<URL> {
  const started = createServer((socket) => {
    let received = "";
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      onBytes(received, socket);
    });
    socket.on("error", () => socket.destroy());
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(started.address() as AddressInfo).port}`);
}

const get = { method: "GET", path: "/a//b?c", headers: [["X-Odd", "1"]] } as const;

describe("a client on a plain socket", () => {
  test("sends what it is given and nothing else", async () => {
    let seen = "";
    const url = await serverThat((received, socket) => {
      seen = received;
      socket.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
    expect((await sendWire(url, get, 2_000)).status).toBe(204);
    expect(seen).toBe(`GET /a//b?c HTTP/1.1\r\nHost: ${url.host}\r\nX-Odd: 1\r\n\r\n`);
    await sendWire(url, { ...get, headers: [["Host", ""]] }, 2_000);
    expect(seen).toBe("GET /a//b?c HTTP/1.1\r\n\r\n");
  });

  test("sees the borders of chunks, and the order and case of headers", async () => {
    const url = await serverThat((_, socket) => {
      socket.write(
        "HTTP/1.1 200 OK\r\nb-B: 1\r\nA: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
      );
    });
    const answer = await sendWire(url, get, 2_000);
    expect(answer.chunks.map(String)).toEqual(["ab", "cde"]);
    expect(answer.headers.map(([name]) => name)).toEqual(["b-B", "A", "Transfer-Encoding"]);
    expect(answer.endedBy).toBe("complete");
  });

  test.each([
    ["Content-Length: 5\r\n\r\nab", "cut", "ab"],
    ["Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "cut", "ab"],
    ["X: 1\r\n\r\nab", "complete", "ab"],
  ])("knows an answer with %j that ends there to be %s", async (rest, endedBy, body) => {
    const url = await serverThat((_, socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    const answer = await sendWire(url, get, 2_000);
    expect([answer.endedBy, String(bodyOf(answer))]).toEqual([endedBy, body]);
  });

  test("sends a body after 100 Continue, and notes it", async () => {
    const url = await serverThat((received, socket) => {
      if (received.endsWith("\r\n\r\n")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      if (received.endsWith("body")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const order = {
      method: "POST",
      path: "/",
      headers: [["Expect", "100-continue"]],
      body: Buffer.from("body"),
    } as const;
    expect(await sendWire(url, order, 2_000)).toMatchObject({ status: 200, isContinued: true, endedBy: "complete" });
  });

  test("gives up, and tells that nobody is there", async () => {
    const url = await serverThat(() => undefined);
    expect(await sendWire(url, get, 50)).toMatchObject({ status: undefined, endedBy: "timeout" });
    server?.close();
    expect(await sendWire(new URL("http://127.0.0.1:1"), get, 2_000)).toMatchObject({
      status: undefined,
      endedBy: "cut",
    });
  });
});
