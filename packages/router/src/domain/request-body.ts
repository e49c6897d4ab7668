import type { Edit } from "./request.ts";

/** A body on its way to a node. */
export interface OpenedBody {
  readonly stream: AsyncIterable<Uint8Array>;
  /** Bytes that `stream` gives, edits counted. */
  readonly length: number;
}

/** A request body that is kept outside memory where it is long. It can be read any number of times until it is given up. */
export interface SpooledBody {
  /** Bytes of the body as the client sent it. */
  readonly length: number;
  /**
   * Starts reading the body from its beginning, with every edit applied. Edits may come in any order; a RangeError is thrown
   * when they overlap or leave the body. Each opened body holds a file until its stream ends or is left.
   */
  readonly open: (edits: readonly Edit[]) => OpenedBody;
  /** Gives the body up: its file, where it has one, is gone. May be called more than once. */
  readonly dispose: () => void;
}

/** A request's body: bytes in memory, or spooled. */
export type RequestBody = Uint8Array | SpooledBody;
