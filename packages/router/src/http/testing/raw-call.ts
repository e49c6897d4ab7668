import { connect, type Socket } from "node:net";

/** What came back over one connection. */
export interface RawAnswer {
  readonly status: number | undefined;
  /** The head as it stood on the wire, status line included. */
  readonly head: string;
  readonly body: string;
}

/** A connection that is written to by hand. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything up to the end of the connection. */
  readonly answer: Promise<RawAnswer>;
}

/** Opens a connection and sends these bytes, exactly as they are. */
export function openRaw(port: number, bytes: string | Uint8Array, host = "127.0.0.1"): RawConnection {
  const socket = connect(port, host);
  const chunks: Buffer[] = [];
  const answer = new Promise<RawAnswer>((resolve) => {
    const end = (): void => resolve(answerIn(Buffer.concat(chunks).toString("latin1")));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("close", end);
    socket.on("error", end);
  });
  socket.write(bytes);
  return { socket, answer };
}

/** Sends a request with `Connection: close` and reads the whole answer. */
export function callRaw(port: number, call: RawCall): Promise<RawAnswer> {
  const { method = "GET", path, headers = {}, body = "" } = call;
  const given: Record<string, string> = { Host: "127.0.0.1", Connection: "close", ...headers };
  if (body !== "" && given["Transfer-Encoding"] === undefined)
    given["Content-Length"] ??= String(Buffer.byteLength(body));
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
  return openRaw(port, `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`).answer;
}

/** A request in wire terms. */
export interface RawCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One header's value. */
export function headerIn({ head }: RawAnswer, name: string): string | undefined {
  const line = head.split("\r\n").find((text) => text.toLowerCase().startsWith(`${name.toLowerCase()}: `));
  return line?.slice(name.length + 2);
}

function answerIn(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const head = end < 0 ? text : text.slice(0, end);
  const status = Number(head.split(" ")[1]);
  return { status: Number.isNaN(status) ? undefined : status, head, body: end < 0 ? "" : text.slice(end + 4) };
}
