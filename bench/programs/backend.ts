// A backend that streams at a given pace, or as fast as it can be read, and takes uploads of any size without keeping
// them. Started by its path; tells its ports, and then ends with whoever started it.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { MODEL } from "../load/chat.ts";
import { type Dialect, dialects, pieceOf, USAGE } from "../load/dialects.ts";
import { type Pace, paceIn } from "../load/pace.ts";
import { portOf } from "../processes/ports.ts";

const pieces = new Map<string, Buffer>();

/** A piece of output, made once. */
function knownPiece(dialect: Dialect, bytes: number): Buffer {
  const key = `${dialect.path} ${bytes}`;
  const piece = pieces.get(key) ?? Buffer.from(pieceOf(dialect, bytes));
  pieces.set(key, piece);
  return piece;
}

/** Reads a body to its end. Resolves to its length. */
async function readBody(request: IncomingMessage): Promise<number> {
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
  });
  await once(request, "end");
  return size;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const size = await readBody(request);
  const pace = paceIn(request.headers);
  const dialect = Object.values(dialects).find(({ path }) => path === request.url);
  if (pace === undefined || dialect === undefined) {
    answerWhole(request.url ?? "", response, size);
    return;
  }
  response.writeHead(200, { "content-type": dialect.contentType });
  if (dialect.opening !== "") response.write(dialect.opening);
  const piece = knownPiece(dialect, pace.bytes);
  if (pace.everyMs > 0) await sendSlowly(response, pace, piece);
  else await sendAtOnce(response, pace, piece);
  response.end(dialect.closing);
}

/** Says how much has come. */
function answerWhole(path: string, response: ServerResponse, size: number): void {
  if (path.startsWith("/api/blobs/")) {
    response.writeHead(201, { "x-size": `${size}`, "content-length": "0" }).end();
    return;
  }
  const content = path === "/v1/audio/transcriptions" ? { text: `${size}` } : { model: MODEL, response: `${size}` };
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ ...content, ...USAGE }));
}

/** The first piece at once, each further one when it is due: what comes late does not make the others late. */
async function sendSlowly(response: ServerResponse, { chunks, everyMs }: Pace, piece: Buffer): Promise<void> {
  const begunAt = performance.now();
  for (let at = 0; at < chunks && !response.destroyed; at += 1) {
    const wait = begunAt + at * everyMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    response.write(piece);
  }
}

async function sendAtOnce(response: ServerResponse, { chunks }: Pace, piece: Buffer): Promise<void> {
  for (let at = 0; at < chunks && !response.destroyed; at += 1) {
    if (!response.write(piece)) await drained(response);
  }
}

/** Until there is room again, or nobody reads any more. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  over.abort();
}

const count = Number(process.argv[2] ?? 1);
const ports: number[] = [];
for (let at = 0; at < count; at += 1) {
  const server = createServer((request, response) => {
    // A client that leaves needs no answer.
    answer(request, response).catch(() => response.destroy());
  });
  // Connections that proxies keep are theirs to close.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1", 1024);
  await once(server, "listening");
  ports.push(portOf(server));
}
process.on("disconnect", () => process.exit(0));
process.send?.({ ports });
