/** Writes answers with the framing of Go's net/http: header order, Content-Length up to 2 KB, one chunk per record. */
import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RawHeaders, WholeAnswer } from "./answer.ts";
import type { CutKind, CutMarks } from "./cut-marks.ts";

/** The way back to the client. */
export interface Reply {
  /** Sends a whole answer. */
  whole(answer: WholeAnswer): Promise<void>;
  /** Sends the head of a stream; every `record` is one HTTP chunk. */
  begin(headers: RawHeaders): void;
  /** Settles when the client has room for more. */
  record(text: string): Promise<void>;
  end(): void;
  /** Ends the connection before the end of the answer. */
  cut(how: CutKind): void;
  hasBegun(): boolean;
  /** Headers that every answer of this exchange gets first, from CORS. */
  addHeaders(headers: RawHeaders): void;
  /** Makes the framing wrong from here on. */
  distort(distortion: Distortion): void;
}

/** Wrong framing with right bytes, or a body that breaks off. */
export interface Distortion {
  /** Sizes in bytes of the pieces that the body is sent in, in turn. */
  readonly chunkSizes?: readonly number[];
  /** Bytes of a body with a Content-Length that are sent before the connection ends; negative = half. */
  readonly keepBytes?: number;
}

/** Go keeps up to this many bytes of a body back to learn its length. */
const goBufferBytes = 2048;

/** Wraps a response. */
export function createReply(response: ServerResponse, cuts: CutMarks): Reply {
  const isLast = /\bclose\b/i.test(response.req.headers.connection ?? "");
  let distortion: Distortion = {};
  let extra: RawHeaders = [];
  const head = (status: number, headers: RawHeaders, length: number | undefined) => {
    const date: RawHeaders = [["Date", new Date().toUTCString()]];
    const framing: RawHeaders = length === undefined ? [] : [["Content-Length", String(length)]];
    const closing: RawHeaders = isLast ? [["Connection", "close"]] : [];
    // Go says nothing about keeping the connection; Node would.
    response.removeHeader("connection");
    // A stream that asks to keep the connection gives way to a client that wants it closed.
    const own = isLast ? headers.filter(([name]) => name !== "Connection") : headers;
    const all = [...[...extra, ...own].toSorted(byName), ...date, ...framing, ...closing];
    response.writeHead(status, all.flat());
  };
  const cut = (how: CutKind) => cuts.cut(response.req.socket, how);
  return {
    cut,
    hasBegun: () => response.headersSent,
    addHeaders: (headers) => {
      extra = headers;
    },
    distort: (wanted) => {
      distortion = wanted;
    },
    async whole(answer) {
      const body = Buffer.from(answer.body);
      const hasLength = hasContentLength(answer, body);
      head(answer.status, answer.headers, hasLength ? body.length : undefined);
      const kept = hasLength ? keptBytes(distortion, body.length) : body.length;
      if (response.req.method !== "HEAD" && kept > 0) await write(response, body.subarray(0, kept), distortion);
      if (kept < body.length) cut("fin");
      else response.end();
    },
    begin: (headers) => head(200, headers, undefined),
    record: (text) => write(response, Buffer.from(text), distortion),
    end: () => response.end(),
  };
}

/** Go prints the headers that a handler sets in alphabetical order. */
function byName(one: readonly [string, string], other: readonly [string, string]): number {
  return one[0] === other[0] ? 0 : one[0] < other[0] ? -1 : 1;
}

function hasContentLength(answer: WholeAnswer, body: Buffer): boolean {
  return answer.isFlushed !== true && body.length <= goBufferBytes && answer.status !== 204;
}

function keptBytes(distortion: Distortion, length: number): number {
  if (distortion.keepBytes === undefined) return length;
  const kept = distortion.keepBytes < 0 ? Math.floor(length / 2) : distortion.keepBytes;
  return Math.min(kept, length);
}

async function write(response: ServerResponse, bytes: Buffer, distortion: Distortion): Promise<void> {
  if (distortion.chunkSizes === undefined) return await writeOnce(response, bytes);
  let turn = 0;
  for (let at = 0; at < bytes.length; turn++) {
    const size = Math.max(1, distortion.chunkSizes[turn % distortion.chunkSizes.length] ?? 1);
    await writeOnce(response, bytes.subarray(at, at + size));
    // Without a turn of the event loop the pieces would leave in one packet.
    await nextTurn();
    at += size;
  }
}

function writeOnce(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed || response.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      response.off("drain", settle);
      response.off("close", settle);
      resolve();
    };
    response.once("drain", settle);
    response.once("close", settle);
  });
}
