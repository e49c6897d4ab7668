import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openRaw } from "../testing/raw-call.ts";
import { createGoLikeServer } from "./go-like-server.ts";

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** Starts a server that hands its responses to the test, each with the path that its handler met. */
async function start(): Promise<{ port: number; met: string[]; responses: ServerResponse[] }> {
  const met: string[] = [];
  const responses: ServerResponse[] = [];
  server = createGoLikeServer((request, response) => {
    request.on("error", () => undefined);
    request.resume();
    met.push(`${request.headers.host} ${request.url}`);
    responses.push(response);
    if (request.url === "/now") response.end("well");
    if (request.url === "/begin") response.write("begun");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, met, responses };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const LAST = "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

describe("a handler", () => {
  test("meets paths that are ready to be routed, and the host that counts", async () => {
    const { port, met } = await start();
    await openRaw(port, get("//now") + get("http://b:1/x/../now") + get("/api%2Fnow/../now") + LAST).answer;
    expect(met).toEqual(["a /now", "b:1 /now", "a /now", "a /now"]);
  });

  test("never meets a request that is refused before it; earlier ones are answered first", async () => {
    const { port, met, responses } = await start();
    const { answer } = openRaw(port, get("/slow") + get("/%zz"));
    await expect.poll(() => responses.length).toBe(1);
    responses[0]?.end("slow");
    const { head, body } = await answer;
    expect([met, head.split("\r\n")[0]]).toEqual([["a /slow"], "HTTP/1.1 200 OK"]);
    expect(body).toContain("HTTP/1.1 400 Bad Request");
  });
});

describe("bytes that are no request", () => {
  test("are told so, and the connection ends", async () => {
    const { port } = await start();
    const { status, head, body } = await openRaw(port, "garbage\r\n\r\n").answer;
    expect([status, body]).toEqual([400, "400 Bad Request"]);
    expect(head).toContain("Connection: close");
  });

  test("behind a begun answer cut it, and write nothing into it", async () => {
    const { port } = await start();
    const { socket, answer } = openRaw(port, get("/begin"));
    await once(socket, "data");
    socket.write("garbage\r\n\r\n");
    const { body } = await answer;
    expect(body).toContain("begun");
    expect(body).not.toContain("Bad Request");
  });

  test("behind a request that waits for its answer are not taken for that answer", async () => {
    const { port, responses } = await start();
    const { socket, answer } = openRaw(port, get("/slow"));
    await expect.poll(() => responses.length).toBe(1);
    socket.write("garbage\r\n\r\n");
    expect((await answer).status).toBeUndefined();
  });

  test("inside a request's body are told to that request", async () => {
    const { port } = await start();
    const chunked = "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    expect((await openRaw(port, chunked).answer).body).toBe("400 Bad Request");
  });

  test("do not keep a connection open whose client reads nothing and goes on sending", async () => {
    const { port } = await start();
    const { socket, answer } = openRaw(port, "garbage\r\n\r\n");
    const sending = setInterval(() => socket.write("more\r\n\r\n"), 20);
    await answer;
    clearInterval(sending);
    expect(socket.destroyed).toBe(true);
  });
});
