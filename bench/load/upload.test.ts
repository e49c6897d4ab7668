import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { portOf } from "../processes/ports.ts";
import { lengthOf, sendFile } from "./upload.ts";

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

async function start(answer: RequestListener): Promise<number> {
  server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return portOf(server);
}

const order = { path: "/upload", contentType: "text/plain", before: "(", after: ")", bytes: 20_000_003 };

test("a file arrives whole: its beginning, its end and everything between", async () => {
  const seen: string[] = [];
  const port = await start(async (request, response) => {
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (size === 0) seen.push(chunk.toString("latin1", 0, 1));
      size += chunk.length;
      seen[1] = chunk.toString("latin1", chunk.length - 1);
    }
    response.end(JSON.stringify({ text: `${size}` }));
  });
  const sight = await sendFile(port, order);
  expect(sight).toMatchObject({ status: 200, arrivedBytes: lengthOf(order) });
  expect([lengthOf(order), seen]).toEqual([20_000_005, ["(", ")"]]);
});

test("a connection that ends early is an upload without an answer", async () => {
  const port = await start((request) => void request.socket.destroy());
  expect(await sendFile(port, order)).toMatchObject({ status: 0, arrivedBytes: Number.NaN });
});
