import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as openRequest } from "node:http";
import { ask } from "./ask.ts";

/** Posts a body to `/api/generate`; how long it took to the end of the answer, ms, and the answer. */
export async function uploadMs(port: number, body: Buffer): Promise<{ readonly ms: number; readonly text: string }> {
  const startedAt = performance.now();
  const headers = { "content-type": "application/json" };
  const { text } = await ask({ port, path: "/api/generate", body, headers });
  return { ms: performance.now() - startedAt, text };
}

/** A file to be sent, made while it is sent. */
export interface FileOrder {
  readonly path: string;
  readonly contentType: string;
  /** What stands before the file and behind it. */
  readonly before: string;
  readonly after: string;
  readonly bytes: number;
}

/** How an upload went. */
export interface UploadSight {
  readonly ms: number;
  /** 0: no answer came. */
  readonly status: number;
  /** How much the backend says has come; NaN when it says nothing. */
  readonly arrivedBytes: number;
}

const PIECE = Buffer.alloc(256 * 2 ** 10, "All work and no play makes a long upload. ");

/** The length of the whole body. */
export const lengthOf = ({ before, bytes, after }: FileOrder): number =>
  Buffer.byteLength(before) + bytes + Buffer.byteLength(after);

/** Sends a file piece by piece on a connection of its own, as fast as it is taken. Never rejects. */
export async function sendFile(port: number, order: FileOrder): Promise<UploadSight> {
  const startedAt = performance.now();
  const headers = { "content-type": order.contentType, "content-length": lengthOf(order) };
  const method = "POST";
  const request = openRequest({ host: "127.0.0.1", port, path: order.path, method, headers, agent: false });
  const answered = answerTo(request);
  await writeFile(request, order);
  return { ...(await answered), ms: performance.now() - startedAt };
}

async function writeFile(request: ClientRequest, { before, bytes, after }: FileOrder): Promise<void> {
  if (before !== "") request.write(before);
  for (let left = bytes; left > 0 && !request.destroyed; left -= PIECE.length) {
    const hasRoom = request.write(left < PIECE.length ? PIECE.subarray(0, left) : PIECE);
    if (!hasRoom) await roomIn(request);
  }
  request.end(after);
}

/** Until more can be written, or never. */
async function roomIn(request: ClientRequest): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const closed = once(request, "close", { signal });
  await Promise.race([once(request, "drain", { signal }), closed]).catch(() => undefined);
  over.abort();
  await closed.catch(() => undefined);
}

function answerTo(request: ClientRequest): Promise<Pick<UploadSight, "status" | "arrivedBytes">> {
  const none = { status: 0, arrivedBytes: Number.NaN };
  return new Promise((resolve) => {
    request.once("error", () => resolve(none));
    request.once("response", (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("error", () => resolve(none));
      response.once("end", () => {
        const told = response.headers["x-size"] ?? /"text":"(\d+)"/.exec(text)?.[1];
        resolve({ status: response.statusCode ?? 0, arrivedBytes: Number(told) });
      });
    });
  });
}
