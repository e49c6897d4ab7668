/** A client on a plain socket, which sees what HTTP libraries hide: header order, chunk borders, how a connection ends. */
import { connect } from "node:net";

/** A request in wire terms; `Content-Length` is added when there is a body and no framing header. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly httpVersion?: string;
  /** Closes the connection after this many chunks. */
  readonly leaveAfterChunks?: number;
  /** Closes the connection when aborted. */
  readonly signal?: AbortSignal;
}

/** An answer in wire terms. */
export interface RawResponse {
  /** `undefined` = the connection ended before a head. */
  readonly status: number | undefined;
  readonly headers: readonly (readonly [string, string])[];
  /** One entry per HTTP chunk; one in all for a body with a length. */
  readonly chunks: readonly Buffer[];
  readonly isChunked: boolean;
  /** `complete` = framed to its end; `fin` and `rst` = the connection ended before; `client` = by this client. */
  readonly endedBy: "complete" | "fin" | "rst" | "client";
}

/** Sends one request and reads one answer on a connection of its own. */
export function sendRaw(port: number, request: RawRequest): Promise<RawResponse> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = Buffer.alloc(0);
    const settle = (endedBy: RawResponse["endedBy"]) => {
      socket.destroy();
      resolve({ ...(readResponse(received, request.method) ?? nothing), endedBy });
    };
    request.signal?.addEventListener("abort", () => settle("client"), { once: true });
    socket.on("connect", () => socket.write(encodeRequest(request)));
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      const read = readResponse(received, request.method);
      if (read?.isComplete) settle("complete");
      else if ((read?.chunks.length ?? 0) >= (request.leaveAfterChunks ?? Number.POSITIVE_INFINITY)) settle("client");
    });
    // A body without any framing ends with its connection.
    socket.on("end", () => settle(isUnframed(received) ? "complete" : "fin"));
    socket.on("error", () => settle("rst"));
  });
}

function isUnframed(received: Buffer): boolean {
  const head = received.toString("latin1", 0, Math.max(0, received.indexOf("\r\n\r\n")));
  return head !== "" && !/\r\n(content-length|transfer-encoding):/i.test(head);
}

const nothing = { status: undefined, headers: [], chunks: [], isChunked: false };

function encodeRequest(request: RawRequest): Buffer {
  const names = request.headers.map(([name]) => name.toLowerCase());
  const isFramed = names.includes("content-length") || names.includes("transfer-encoding");
  const length = request.body.length > 0 && !isFramed ? [`Content-Length: ${request.body.length}`] : [];
  const head = [
    `${request.method} ${request.path} ${request.httpVersion ?? "HTTP/1.1"}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
  ];
  const body = names.includes("transfer-encoding") ? encodeChunks(request.body) : request.body;
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

function encodeChunks(body: Buffer): Buffer {
  const half = Math.ceil(body.length / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  const chunks = parts.map((part) => Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, crlf]));
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}

const crlf = Buffer.from("\r\n");

interface ReadSoFar extends Omit<RawResponse, "endedBy"> {
  readonly isComplete: boolean;
}

function readResponse(bytes: Buffer, method: string): ReadSoFar | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(first.split(" ")[1]);
  const rest = bytes.subarray(headEnd + 4);
  // A 100 Continue comes before the answer itself.
  if (status === 100) return readResponse(rest, method);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const header = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  const isChunked = header("transfer-encoding") === "chunked";
  if (method === "HEAD" || status === 204) return { status, headers, chunks: [], isChunked, isComplete: true };
  if (isChunked) return { status, headers, isChunked, ...readChunks(rest) };
  const length = Number(header("content-length") ?? Number.NaN);
  const chunks = rest.length > 0 ? [rest] : [];
  return { status, headers, chunks, isChunked, isComplete: rest.length >= length };
}

function readChunks(bytes: Buffer): { readonly chunks: readonly Buffer[]; readonly isComplete: boolean } {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const lineEnd = rest.indexOf("\r\n");
    if (lineEnd < 0) return { chunks, isComplete: false };
    const size = Number.parseInt(rest.toString("latin1", 0, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (rest.length < end + 2) return { chunks, isComplete: false };
    if (size === 0) return { chunks, isComplete: true };
    chunks.push(rest.subarray(lineEnd + 2, end));
    rest = rest.subarray(end + 2);
  }
}
