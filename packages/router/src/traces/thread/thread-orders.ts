import type { MessagePort } from "node:worker_threads";
import type { PortionOrder } from "../../storage/retention/portion.ts";
import type { PackedTrace } from "./packed-trace.ts";

/** What the thread gets at its start. */
export interface ThreadStart {
  readonly path: string;
  readonly port: MessagePort;
  /** Element 0 counts the answers, for who waits without an event loop. */
  readonly answers: Int32Array;
}

/** To the thread, which takes one after the other and answers each: write a lot of requests, delete a portion of old records, end. */
export type ThreadOrder =
  | { readonly kind: "write"; readonly lot: readonly PackedTrace[] }
  | { readonly kind: "delete"; readonly portion: PortionOrder }
  | { readonly kind: "end" };

/** From the thread, once: it has started. To each order: whether it was done (of a portion: whether there may be more), or the error's code and message. */
export type ThreadAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly isMore: boolean }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };
