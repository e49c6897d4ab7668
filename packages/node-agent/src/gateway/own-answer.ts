import type { IncomingMessage, ServerResponse } from "node:http";
import { type GatewayRefusal, linkHeaders } from "@herd/shared/link";

/** An answer that the gateway gives by itself. */
export interface OwnAnswer {
  readonly status: 401 | 403 | 502 | 503;
  readonly mark: GatewayRefusal;
  readonly reason: string;
}

/**
 * Sends it, marked as the gateway's own. To a stranger the connection is closed with it; a router keeps its own, and what it
 * still sends of the request is read and dropped.
 */
export function answerMyself(
  call: IncomingMessage,
  response: ServerResponse,
  { status, mark, reason }: OwnAnswer,
): void {
  const body = JSON.stringify({ error: `herd-node gateway: ${reason}` });
  response.writeHead(status, {
    [linkHeaders.gateway]: mark,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(mark === "refused" ? { connection: "close" } : {}),
  });
  response.end(body);
  if (mark !== "refused") call.resume();
}
