import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { sendWebhook } from "./send-webhook.ts";

const servers: Server[] = [];

async function hook(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const notice = { at: 1_000, router: "den", items: [], isTest: true };

describe("sending to a webhook", () => {
  it("posts the notice as JSON", async () => {
    const got: { method: string | undefined; body: unknown }[] = [];
    const url = await hook((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        got.push({ method: request.method, body: JSON.parse(Buffer.concat(chunks).toString()) });
        response.end("ok");
      });
    });
    await sendWebhook(notice, { url, secret: "" });
    expect(got).toMatchObject([{ method: "POST", body: { is_test: true, title: "Herd on den: a test" } }]);
  });

  it("tells the status when the notice was not taken, and follows nobody elsewhere", async () => {
    let calls = 0;
    const other = await hook((_request, response) => {
      calls += 1;
      response.end();
    });
    const broken = await hook((_request, response) => response.writeHead(500).end());
    const moved = await hook((_request, response) => response.writeHead(307, { location: other }).end());
    await expect(sendWebhook(notice, { url: broken, secret: "" })).rejects.toThrow("the webhook answered 500");
    await expect(sendWebhook(notice, { url: moved, secret: "" })).rejects.toThrow("the webhook answered 307");
    expect(calls).toBe(0);
  });

  it("tells why nobody could be reached", async () => {
    const url = await hook(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    await expect(sendWebhook(notice, { url, secret: "" })).rejects.toThrow(
      "the webhook cannot be reached: ECONNREFUSED",
    );
    await expect(sendWebhook(notice, { url: "http://[", secret: "" })).rejects.toThrow("Invalid URL");
  });
});
