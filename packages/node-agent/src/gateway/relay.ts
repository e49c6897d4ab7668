import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { answerMyself } from "./own-answer.ts";
import { type RawHeaders, toBackend, toRouter } from "./relayed-headers.ts";

/** One call on its way to a backend. */
export interface RelayedCall {
  readonly call: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query at the backend. */
  readonly path: string;
}

/** What relaying needs. */
export interface RelayDependencies {
  /** Connections to the backend. */
  readonly pool: Dispatcher;
  /** What the backend is to read as its `Host`. */
  readonly host: string;
  readonly onUnreachable: (error: Error) => void;
}

/**
 * Builds the function that passes one call on: the bytes of both bodies as they come, with backpressure, nothing kept. A
 * backend that cuts its answer cuts the call; a caller that leaves ends the backend's work at once.
 */
export function createRelay({ pool, host, onUnreachable }: RelayDependencies): (relayed: RelayedCall) => void {
  return ({ call, response, path }) => {
    const handler = relayHandler({ call, response, onUnreachable });
    const headers = toBackend(call.rawHeaders, host);
    const body = bodyOf(call);
    pool.dispatch({ method: call.method ?? "GET", path, headers, body }, handler);
  };
}

/** Undici takes any async iterable of bytes; only its type declarations ask for more. */
function bodyOf(call: IncomingMessage): Readable | null {
  const length = call.headers["content-length"];
  const hasBody = call.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
  return hasBody ? (piecesOf(call) as unknown as Readable) : null;
}

/**
 * The body piece by piece. Given the stream itself, the client library would destroy it when a call fails or is answered
 * early; so what the caller still sends then is read and dropped, and its connection stays usable.
 */
async function* piecesOf(call: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* call.iterator({ destroyOnReturn: false });
  } finally {
    call.resume();
  }
}

interface Relaying {
  readonly call: IncomingMessage;
  readonly response: ServerResponse;
  readonly onUnreachable: (error: Error) => void;
}

function relayHandler({ call, response, onUnreachable }: Relaying): Dispatcher.DispatchHandler {
  let upstream: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let isHeadWaiting = false;
  const sendHead = (): void => {
    if (isHeadWaiting) response.flushHeaders();
    isHeadWaiting = false;
  };
  response.once("close", () => {
    if (!isOver) upstream?.abort(new Error("the caller has left"));
    isOver = true;
  });
  return {
    onRequestStart: (controller) => {
      upstream = controller;
      if (isOver) controller.abort(new Error("the caller has left"));
    },
    onResponseStart: (controller, status, ...[, statusText]) => {
      if (status < 200) return;
      response.sendDate = false;
      response.writeHead(status, statusText ?? "", toRouter(rawHeadersOf(controller)));
      isHeadWaiting = true;
      // A first chunk that came along goes out with the head; without one, the head goes out alone and at once.
      process.nextTick(sendHead);
    },
    onResponseData: (controller, chunk) => {
      isHeadWaiting = false;
      if (response.write(chunk)) return;
      controller.pause();
      response.once("drain", () => controller.resume());
    },
    onResponseEnd: () => {
      isOver = true;
      isHeadWaiting = false;
      response.end();
    },
    onResponseError: (_controller, error) => {
      if (isOver) return;
      isOver = true;
      if (upstream === undefined) return answerUnreachable({ call, response, onUnreachable }, error);
      sendHead();
      // What was received goes out; the connection then ends without the mark of a complete answer.
      response.socket?.destroySoon();
    },
  };
}

function answerUnreachable({ call, response, onUnreachable }: Relaying, error: Error): void {
  onUnreachable(error);
  answerMyself(call, response, { status: 502, mark: "unreachable", reason: "the backend does not answer" });
}

function rawHeadersOf({ rawHeaders }: Dispatcher.DispatchController): RawHeaders {
  return Array.isArray(rawHeaders) ? rawHeaders.map((part) => part.toString("latin1")) : [];
}
