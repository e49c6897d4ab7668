import type { IncomingMessage, ServerResponse } from "node:http";
import { type AccessPlace, checkAccess } from "./access.ts";
import { jsonAnswer } from "./answer.ts";
import type { CutMarks } from "./cut-marks.ts";
import { type Exchange, openExchange } from "./exchange.ts";
import type { OpenExchanges } from "./open-exchanges.ts";
import type { RequestLog } from "./received.ts";
import { matchRoute, type Route } from "./route-table.ts";

/** Who answers, who counts, who remembers. */
export interface RequestParts {
  readonly routes: readonly Route[];
  readonly log: RequestLog;
  readonly open: OpenExchanges;
  readonly place: AccessPlace;
  readonly cuts: CutMarks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The listener for one server: each request is read whole, noted, routed and counted until its answer has ended. */
export function answerRequests(parts: RequestParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (!isControl(request)) {
      parts.open.enter();
      response.on("close", parts.open.leave);
    }
    void answerOne(request, response, parts);
  };
}

async function answerOne(request: IncomingMessage, response: ServerResponse, parts: RequestParts): Promise<void> {
  if (request.headers.host === undefined && request.httpVersion === "1.1") return refuseMissingHost(response);
  const exchange = await openExchange({ request, response, now: parts.now, cuts: parts.cuts });
  if (exchange === undefined) return;
  if (!isControl(request)) parts.log.add(exchange.received);
  try {
    await route(exchange, parts);
  } catch (error) {
    await endFailed(error, exchange);
  }
}

/** Go's own words, without Date and length; the connection ends. */
function refuseMissingHost(response: ServerResponse): void {
  const reason = "Bad Request: missing required Host header";
  const head = `HTTP/1.1 400 ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`;
  response.socket?.end(`${head}400 ${reason}`);
}

/** Calls of the door for tests are no part of what they look at. */
function isControl(request: IncomingMessage): boolean {
  return request.url?.startsWith("/__simulated/") ?? false;
}

async function route(exchange: Exchange, parts: RequestParts): Promise<void> {
  const { method, path, received, reply } = exchange;
  const match = matchRoute(parts.routes, { method, path, target: received.path });
  if (match.kind === "redirect") return await reply.whole(match.answer);
  const access = checkAccess(
    {
      method,
      origin: exchange.header("origin"),
      host: exchange.header("host") ?? "",
      allow: match.kind === "none" ? match.allow : [],
    },
    parts.place,
  );
  if (access.kind === "answer") return await reply.whole(access.answer);
  reply.addHeaders(access.headers);
  if (match.kind === "none") return await reply.whole(match.answer);
  await match.route.handle(exchange, match.parameter);
}

/** A client that left is no failure; anything else is a fault of the simulation and must be seen. */
async function endFailed(error: unknown, exchange: Exchange): Promise<void> {
  if (exchange.signal.aborted) return;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (exchange.reply.hasBegun()) return exchange.reply.cut("reset");
  await exchange.reply.whole(jsonAnswer(500, JSON.stringify({ error: `the simulation failed: ${text}` })));
}
