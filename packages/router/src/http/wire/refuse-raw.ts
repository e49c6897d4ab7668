import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** An answer to what is no proper request, in the form of Go's server: the connection ends with it. */
export interface RawRefusal {
  readonly status: number;
  /** Stands behind the status, in the status line and in the body. */
  readonly detail?: string;
}

const TYPE = "text/plain; charset=utf-8";

/** So long a refused client may take to read why, ms; Go's server gives it as long. */
const LINGER_MS = 500;

/** Refuses a request that could be read; earlier requests of the connection are answered first. */
export function refuseRequest(response: ServerResponse, refusal: RawRefusal): void {
  const { phrase, text } = wordsOf(refusal);
  response.writeHead(refusal.status, phrase, {
    "Content-Type": TYPE,
    "Content-Length": text.length,
    Connection: "close",
  });
  response.end(text);
}

/** Refuses bytes that are no request, and ends the connection once that is out. */
export function refuseBytes(socket: Socket, refusal: RawRefusal): void {
  if (socket.writableEnded) return;
  const { phrase, text } = wordsOf(refusal);
  const line = `HTTP/1.1 ${refusal.status} ${phrase}`;
  // A client that goes on sending, or has gone, is no failure of anything.
  socket.on("error", () => socket.destroy());
  // What is still on its way is read and dropped: closing over unread bytes would lose the answer.
  socket.resume();
  socket.end(`${line}\r\nContent-Type: ${TYPE}\r\nConnection: close\r\n\r\n${text}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function wordsOf({ status, detail }: RawRefusal): { readonly phrase: string; readonly text: string } {
  const known = STATUS_CODES[status] ?? "";
  const phrase = detail === undefined ? known : `${known}: ${detail}`;
  return { phrase, text: `${status} ${phrase}` };
}
