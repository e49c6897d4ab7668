/**
 * A node in front of a replay: it answers the lists from which a router learns what there is, hands every request that names
 * a recording on to the replay, and keeps what it was sent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Cleanup } from "../../../support/cleanup.ts";
import type { Pairs } from "../wire/message.ts";
import type { ServedLists } from "./served-lists.ts";

/** The header by which the replay is told which recording to play. */
export const RECORDING_HEADER = "X-Recording";

/** A request as the node received it. */
export interface NodeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Pairs;
  readonly body: Buffer;
}

/** The running node. */
export interface ReplayFront {
  readonly url: string;
  /** What came for a recording, the newest last. */
  readonly received: (recording: string) => readonly NodeRequest[];
}

/** Starts it on a free loopback port. */
export async function startReplayFront(cleanup: Cleanup, replayPort: number, lists: ServedLists): Promise<ReplayFront> {
  const received = new Map<string, NodeRequest[]>();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await wholeBody(request);
    const name = request.headers[RECORDING_HEADER.toLowerCase()];
    if (typeof name !== "string") {
      response.setHeader("content-type", "application/json; charset=utf-8");
      response.end(JSON.stringify(lists[request.url ?? ""] ?? SHOWN));
      return;
    }
    const kept = { method: request.method ?? "", path: request.url ?? "", headers: pairsOf(request.rawHeaders), body };
    received.set(name, [...(received.get(name) ?? []), kept]);
    play(kept, request, replayPort);
  };
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  cleanup.add(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: (recording) => received.get(recording) ?? [],
  };
}

/** What every model can do, so that no request is refused before it comes here. */
const SHOWN = {
  details: { family: "llama" },
  model_info: { "llama.context_length": 8192 },
  capabilities: ["completion", "vision", "tools", "thinking", "insert", "embedding"],
};

/** Passes a request to the replay, and its bytes back as they come, its end too. */
function play({ method, path, headers, body }: NodeRequest, { socket: client }: IncomingMessage, port: number): void {
  const framing = new Set(["content-length", "transfer-encoding", "connection", "host", "expect"]);
  const kept = headers.filter(([name]) => !framing.has(name.toLowerCase()));
  const sent: Pairs = [
    ["Host", `127.0.0.1:${port}`],
    ...kept,
    ["Content-Length", String(body.length)],
    ["Connection", "close"],
  ];
  const replay = connect(port, "127.0.0.1");
  replay.write(`${method} ${path} HTTP/1.1\r\n${sent.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  replay.write(body);
  replay.on("data", (bytes) => client.write(bytes));
  replay.on("end", () => client.end());
  replay.on("error", () => client.resetAndDestroy());
  client.on("close", () => replay.destroy());
}

async function wholeBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function pairsOf(raw: readonly string[]): Pairs {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}
