import type { MessagePort } from "node:worker_threads";
import type { QuestionName } from "../questions.ts";

/** What the thread gets at its start. */
export interface ReadingStart {
  readonly path: string;
  readonly port: MessagePort;
  /** Element 0 becomes 1 when its connection is closed, for who waits without an event loop. */
  readonly ended: Int32Array;
}

/** A question on its way to the thread; undefined tells it to end. */
export interface AskedQuestion {
  readonly id: number;
  readonly name: QuestionName;
  readonly question: unknown;
}

/** What went wrong in the thread: a copy of an error would lose its code on the way. */
export interface ToldError {
  readonly message: string;
  readonly code: string;
}

/** The thread's answer to it. */
export type GivenAnswer =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: ToldError };
