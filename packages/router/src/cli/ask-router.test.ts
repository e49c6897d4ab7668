import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { askRouter } from "./ask-router.ts";

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

async function serve(answer: RequestListener): Promise<string> {
  const listening = createServer(answer).listen(0, "127.0.0.1");
  server = listening;
  await once(listening, "listening");
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

describe("asking a running router", () => {
  test("gives its answer", async () => {
    const url = await serve(({ url: path }, response) => response.end(JSON.stringify({ path })));
    expect(await askRouter(url, "/fleet/status")).toEqual({ kind: "answer", content: { path: "/fleet/status" } });
  });

  test("gives its own sentence when it refuses", async () => {
    const url = await serve((_request, response) => response.writeHead(404).end('{"error":"no decision is kept"}'));
    expect(await askRouter(url, "/x")).toEqual({ kind: "none", why: "no decision is kept" });
  });

  test("tells the status of a refusal without a sentence", async () => {
    const url = await serve((_request, response) => response.writeHead(500).end("{}"));
    expect(await askRouter(url, "/x")).toEqual({ kind: "none", why: "the router answered 500" });
  });

  test("says how to start one when none answers, or something else does", async () => {
    expect(await askRouter("http://127.0.0.1:1", "/x")).toMatchObject({
      kind: "none",
      why: expect.stringMatching(/\(bad port\).*npm start/),
    });
    const url = await serve((_request, response) => response.end("<html>"));
    expect(await askRouter(url, "/x")).toEqual({ kind: "none", why: `what answers at ${url} is no herd router` });
  });
});
