import { MessageChannel, Worker } from "node:worker_threads";
import type { AskedQuestion, GivenAnswer, ReadingStart } from "./messages.ts";

export interface WorkerOrder {
  readonly program: URL;
  readonly path: string;
  readonly onAnswer: (answer: GivenAnswer) => void;
  /** It ended, or broke down. */
  readonly onEnd: (error: unknown) => void;
}

/** A thread that answers one question after the other. */
export interface RunningWorker {
  readonly send: (question: AskedQuestion) => void;
  /** Lets it close its connection and end. */
  readonly end: () => void;
  /** The same, and waits for it, longest so many ms. */
  readonly endNow: (longestMs: number) => void;
  /** Ends it as it is; resolves when it has ended. */
  readonly terminate: () => Promise<unknown>;
}

/** Memory for the thread, MiB: an answer is some MB at most. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/** Starts the thread. It does not keep the process alive. @throws when no thread can be had */
export function startWorker({ program, path, onAnswer, onEnd }: WorkerOrder): RunningWorker {
  const { port1, port2 } = new MessageChannel();
  const ended = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ReadingStart = { path, port: port2, ended };
  const worker = new Worker(program, { workerData, transferList: [port2], resourceLimits: LIMITS, name: "reading" });
  worker.on("error", onEnd);
  worker.on("exit", () => onEnd(new Error("the thread that reads records has ended")));
  port1.on("message", onAnswer);
  worker.unref();
  port1.unref();
  const end = (): void => port1.postMessage(undefined);
  return {
    send: (question) => port1.postMessage(question),
    end,
    endNow: (longestMs) => {
      end();
      Atomics.wait(ended, 0, 0, longestMs);
      void worker.terminate();
    },
    terminate: () => worker.terminate(),
  };
}
