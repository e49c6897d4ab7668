/** Sends a recorded answer with its own bytes: only the Date is that of now. */
import type { Socket } from "node:net";
import { chunkBytes, type RecordedExchange, type RecordedResponse } from "./recorded-exchange.ts";
import { headerOf } from "./request-reader.ts";

/** One answer on its way. */
export interface Playing {
  readonly socket: Socket;
  /** The HTTP date of now. */
  readonly date: string;
  /** Settles when this much of the recorded time is over. Rejects when the connection ended. */
  readonly until: (atMs: number) => Promise<void>;
  /** Settles when the connection ended. */
  readonly gone: Promise<void>;
}

/** Plays to the recorded end. True when the connection can be used again. */
export async function playExchange(exchange: RecordedExchange, playing: Playing): Promise<boolean> {
  const { response, request } = exchange;
  const { socket, until } = playing;
  if (response.status !== null) {
    await until(response.headersAtMs ?? 0);
    await write(socket, Buffer.from(encodeHead(response, playing.date), "latin1"));
  }
  for (const chunk of response.chunks) {
    await until(chunk.atMs);
    await write(socket, frame(chunkBytes(chunk), response));
  }
  switch (response.endedBy) {
    case "timeout":
    case "client-abort":
      await playing.gone;
      return false;
    case "reset":
      await until(response.endedAtMs ?? 0);
      endEarly(socket, response.endDetail ?? "");
      return false;
    case "complete":
      await until(response.endedAtMs ?? 0);
      if (response.transferEncoding === "chunked" && request.method !== "HEAD")
        await write(socket, Buffer.from("0\r\n\r\n"));
      return !endsConnection(exchange);
  }
}

/** The head as bytes. */
function encodeHead(response: RecordedResponse, date: string): string {
  const headers = response.headers.map(([name, value]) => `${name}: ${name === "Date" ? date : value}\r\n`);
  return `${response.httpVersion ?? "HTTP/1.1"} ${response.status} ${response.reason ?? ""}\r\n${headers.join("")}\r\n`;
}

/** One chunk as bytes. */
function frame(bytes: Buffer, response: Pick<RecordedResponse, "transferEncoding">): Buffer {
  if (response.transferEncoding !== "chunked") return bytes;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** What was written before a FIN still arrives; a RST may overtake it, as in life. */
function endEarly(socket: Socket, detail: string): void {
  if (/\brst\b/i.test(detail)) socket.resetAndDestroy();
  else socket.destroySoon();
}

/** Whether the answer says so, is of HTTP/1.0, or has no other end than that of the connection. */
function endsConnection({ response, request }: RecordedExchange): boolean {
  const isClosing = /^close$/i.test(headerOf(response.headers, "connection") ?? "");
  const isFramed =
    response.transferEncoding === "chunked" || headerOf(response.headers, "content-length") !== undefined;
  const needsNone = request.method === "HEAD" || response.status === 204 || response.status === 304;
  return isClosing || response.httpVersion === "HTTP/1.0" || !(isFramed || needsNone);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
