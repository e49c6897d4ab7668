import type { IncomingMessage } from "node:http";

/** A body of which nothing has come for so long is given up, ms. Ollama would wait for ever; any upload that moves goes on. */
const STALLED_AFTER_MS = 600_000;

/** Cuts the connection of a request whose body comes to a standstill for this long, at most twice as long. To be called once. */
export function endWhenStalled(request: IncomingMessage, stalledAfterMs: number = STALLED_AFTER_MS): void {
  // Most bodies have come in whole, together with their head.
  if (request.complete) return;
  const { socket } = request;
  let read = socket.bytesRead;
  const timer = setInterval(() => {
    // Bytes that nobody takes out, because a node is slow, are not the client's standstill.
    if (socket.bytesRead === read && request.readableLength === 0) request.destroy();
    read = socket.bytesRead;
  }, stalledAfterMs).unref();
  const stop = (): void => clearInterval(timer);
  request.once("end", stop);
  request.once("close", stop);
}
