/** A request as it arrived, kept for tests and for the control route. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** Names and values in wire order and case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Milliseconds since the epoch at which the head was complete. */
  readonly at: number;
  /** When the client closed its connection before the answer's end; `undefined` while it did not. */
  readonly closedByClientAt: number | undefined;
}

/** The same while it can still change. */
export interface OpenRequest extends ReceivedRequest {
  body: Buffer;
  closedByClientAt: number | undefined;
}

/** The requests so far, and who wants to hear of new ones. */
export interface RequestLog {
  readonly all: readonly ReceivedRequest[];
  /** Adds a request whose body is complete. */
  add(request: ReceivedRequest): void;
  onRequest(listener: (request: ReceivedRequest) => void): () => void;
  /** The first request, past or future, for which `predicate` holds. */
  waitFor(predicate: (request: ReceivedRequest) => boolean): Promise<ReceivedRequest>;
}

/** What is kept: enough for any test, bounded for a server that runs for days. */
const keptRequests = 10_000;
const keptBodyBytes = 2 ** 28;

/** Creates an empty log. */
export function createRequestLog(): RequestLog {
  const all: ReceivedRequest[] = [];
  let bodyBytes = 0;
  const listeners = new Set<(request: ReceivedRequest) => void>();
  const onRequest = (listener: (request: ReceivedRequest) => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    all,
    onRequest,
    add(request) {
      all.push(request);
      bodyBytes += request.body.length;
      while (all.length > keptRequests || (bodyBytes > keptBodyBytes && all.length > 1)) {
        bodyBytes -= all.shift()?.body.length ?? 0;
      }
      for (const listener of [...listeners]) listener(request);
    },
    waitFor(predicate) {
      const past = all.find(predicate);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const stop = onRequest((request) => {
          if (!predicate(request)) return;
          stop();
          resolve(request);
        });
      });
    },
  };
}
