import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { type Recording, recordedHeader, recordingsOf, replyBytes, requestBytes } from "./recordings.ts";

/** The routes whose recordings are replayed. */
const replayedRoutes = ["/api/chat", "/api/generate", "/api/show", "/v1/chat/completions"] as const;

/** Header that names the recording to replay. */
export const recordingHeader = "x-recording";
/** Header of every answer: the SHA-256 of the request's body as it arrived. */
export const bodyHashHeader = "x-body-sha256";

/** Sizes in which an answer is written: inside lines, numbers and characters. */
const ODD_SIZES = [1, 2, 3, 5, 7, 11, 230] as const;

/** Every recorded exchange on those routes in which the node answered well. A compressed body is none that a router can read. */
export const goodRecordings = (): readonly Recording[] =>
  recordingsOf(replayedRoutes).filter(
    ({ request, response }) =>
      response.status === 200 && recordedHeader(request.headers, "content-encoding") === undefined,
  );

/** Header that tells how long the answer takes, ms; or `gate`: until the gate is opened. */
export const holdHeader = "x-hold";

/** A running replay node. */
export interface ReplayNode {
  readonly port: number;
  readonly close: () => void;
  /** The most requests for answers that were open at one moment. */
  readonly peak: () => number;
  /** Values of `X-Request-Id` in the order in which the requests came. */
  readonly order: () => readonly string[];
  /** Lets every answer go that waits at the gate, now and later. */
  readonly openGate: () => void;
}

/** A server that looks like an Ollama with every model of the recordings in memory, and gives recorded answers. */
export async function startReplayNode(port: number): Promise<ReplayNode> {
  const recordings = goodRecordings();
  const byName = new Map(recordings.map((recording) => [recording.name, recording]));
  const lists = listsOf(namesIn(recordings));
  const count = { open: 0, peak: 0 };
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.method === "POST" && request.url !== "/api/show") {
      count.open += 1;
      count.peak = Math.max(count.peak, count.open);
      order.push(String(request.headers["x-request-id"]));
      response.once("close", () => {
        count.open -= 1;
      });
    }
    void answer({ request, response, lists, byName, gate: gate.promise }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ port, host: "127.0.0.1" }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
    peak: () => count.peak,
    order: () => order,
    openGate: gate.resolve,
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly lists: Readonly<Record<string, object>>;
  readonly byName: ReadonlyMap<string, Recording>;
  readonly gate: Promise<void>;
}

async function answer({ request, response, lists, byName, gate }: Exchange): Promise<void> {
  const list = request.method === "GET" ? lists[request.url ?? ""] : undefined;
  if (list !== undefined) {
    response.end(JSON.stringify(list));
    return;
  }
  const hash = createHash("sha256");
  for await (const part of request) hash.update(part as Buffer);
  response.setHeader(bodyHashHeader, hash.digest("hex"));
  const hold = request.headers[holdHeader];
  await (hold === "gate" ? gate : pause(Number(hold ?? 0)));
  const recording = byName.get(String(request.headers[recordingHeader]));
  if (recording === undefined) response.end('{"done":true,"capabilities":["completion","vision","tools","thinking"]}');
  else await replay(recording, response);
}

async function replay(recording: Recording, response: ServerResponse): Promise<void> {
  const framing = new Set(["date", "transfer-encoding"]);
  for (const [name, value] of recording.response.headers) {
    if (!framing.has(name.toLowerCase())) response.setHeader(name, value);
  }
  const bytes = replyBytes(recording);
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = ODD_SIZES[turn % ODD_SIZES.length] ?? 1;
    response.write(bytes.subarray(at, at + size));
    at += size;
    await nextTurn();
  }
  response.end();
}

function namesIn(recordings: readonly Recording[]): readonly string[] {
  const names = recordings.map((recording) => {
    const body = requestBytes(recording)
      .toString()
      .replace(/^\ufeff/, "");
    // The keys are read as Go reads them: in any case.
    return /"(?:model|name)"\s*:\s*"([^"]+)"/i.exec(body)?.[1] ?? "";
  });
  return [...new Set(names.filter((name) => name !== ""))];
}

function listsOf(names: readonly string[]): Readonly<Record<string, object>> {
  const models = names.map((name) => ({
    name,
    model: name,
    modified_at: "2026-11-22T13:00:00Z",
    size: 98_363_007,
    digest: createHash("sha256").update(name).digest("hex"),
    details: { format: "gguf", family: "llama", parameter_size: "134.52M", quantization_level: "Q4_1" },
  }));
  const loaded = models.map((model) => ({
    ...model,
    size_vram: 0,
    context_length: 4096,
    expires_at: "2318-01-01T00:00:00Z",
  }));
  return { "/api/tags": { models }, "/api/ps": { models: loaded }, "/api/version": { version: "0.24.0" } };
}
