import type { LeaseRequest, LeaseResult } from "./lease.ts";
import type { Entry } from "./serve-entry.ts";

/** Requests that wait for a load, served one after the other. */
export interface PendingQueue {
  /** Waits for its turn and its end; settles at once when the queue is full. Rejects when the client leaves. */
  push(request: LeaseRequest): Promise<LeaseResult>;
  isServing(): boolean;
}

/** Creates an empty queue; the request that is being served is none of the `maxQueue` that may wait. */
export function createPendingQueue(maxQueue: number, serve: (entry: Entry) => Promise<void>): PendingQueue {
  const pending: Entry[] = [];
  let isServing = false;
  const serveAll = async () => {
    isServing = true;
    for (let entry = pending.shift(); entry !== undefined; entry = pending.shift()) await serve(entry);
    isServing = false;
  };
  return {
    isServing: () => isServing,
    push(request) {
      if (isServing && pending.length >= maxQueue) return Promise.resolve({ kind: "queue-full" });
      return new Promise((settle, drop) => {
        pending.push(watch({ request, settle, drop }, pending));
        if (!isServing) void serveAll();
      });
    },
  };
}

/** Takes a request out of the queue as soon as its client leaves. */
function watch(entry: Entry, pending: Entry[]): Entry {
  const { signal } = entry.request;
  const leave = () => {
    const index = pending.indexOf(entry);
    if (index >= 0) pending.splice(index, 1);
    entry.drop(signal.reason);
  };
  signal.addEventListener("abort", leave, { once: true });
  return entry;
}
