// A backend that streams at a given pace, or as fast as it can be read. Started by its path; tells its ports, and then
// ends with whoever started it.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { MODEL } from "../load/chat.ts";
import { type Pace, paceIn } from "../load/pace.ts";
import { portOf } from "../processes/ports.ts";

const USAGE = {
  done: true,
  done_reason: "stop",
  total_duration: 1_954_564_400,
  load_duration: 28_919_100,
  prompt_eval_count: 318,
  prompt_eval_duration: 212_402_293,
  eval_count: 96,
  eval_duration: 1_702_122_958,
};
const STAMP = { model: MODEL, created_at: "2026-01-01T00:00:00.000000000Z" };
const LAST = Buffer.from(`${JSON.stringify({ ...STAMP, message: { role: "assistant", content: "" }, ...USAGE })}\n`);

const records = new Map<number, Buffer>();

/** A record of an answer of about so many bytes. */
function recordOf(bytes: number): Buffer {
  const known = records.get(bytes);
  if (known !== undefined) return known;
  const empty = JSON.stringify({ ...STAMP, message: { role: "assistant", content: "" }, done: false }).length + 1;
  const content = " word".repeat(Math.max(1, Math.round((bytes - empty) / 5)));
  const record = Buffer.from(`${JSON.stringify({ ...STAMP, message: { role: "assistant", content }, done: false })}\n`);
  records.set(bytes, record);
  return record;
}

/** Reads a body to its end. It is only kept as far as it may tell a pace. */
async function readBody(request: IncomingMessage): Promise<{ readonly size: number; readonly end: string }> {
  let size = 0;
  let end = Buffer.alloc(0);
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    end = Buffer.concat([end, chunk]).subarray(-KEPT_BYTES);
  }
  return { size, end: end.toString("latin1") };
}

const KEPT_BYTES = 256;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { size, end } = await readBody(request);
  const pace = paceIn(end);
  if (pace === undefined) {
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ ...STAMP, response: `${size}`, ...USAGE }));
    return;
  }
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  if (pace.everyMs > 0) await sendSlowly(response, pace);
  else await sendAtOnce(response, pace);
  response.end(LAST);
}

/** The first record at once, each further one when it is due: what comes late does not make the others late. */
async function sendSlowly(response: ServerResponse, { chunks, everyMs, bytes }: Pace): Promise<void> {
  const begunAt = performance.now();
  for (let at = 0; at < chunks && !response.destroyed; at += 1) {
    const wait = begunAt + at * everyMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    response.write(recordOf(bytes));
  }
}

async function sendAtOnce(response: ServerResponse, { chunks, bytes }: Pace): Promise<void> {
  for (let at = 0; at < chunks && !response.destroyed; at += 1) {
    if (!response.write(recordOf(bytes))) await drained(response);
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
