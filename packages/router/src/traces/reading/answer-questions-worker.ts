/** The program of the thread that answers questions about what is stored: one at a time, on a connection that only reads. */
import { workerData } from "node:worker_threads";
import type { Connection } from "../../storage/connection.ts";
import { type Prepared, prepareQuestions } from "../questions.ts";
import type { AskedQuestion, GivenAnswer, ReadingStart, ToldError } from "./messages.ts";
import { openForReading } from "./open-for-reading.ts";

const { path, port, ended } = workerData as ReadingStart;

interface Open {
  readonly connection: Connection;
  readonly answer: Prepared;
}
let open: Open | undefined;

port.on("message", (question: AskedQuestion | undefined) => {
  if (question !== undefined) {
    port.postMessage(answerTo(question));
    return;
  }
  close();
  Atomics.store(ended, 0, 1);
  Atomics.notify(ended, 0);
  port.close();
});

/** After an error the file is opened anew for the next question: what was wrong with it may have been put right. */
function answerTo({ id, name, question }: AskedQuestion): GivenAnswer {
  try {
    open ??= openAnew();
    return { id, answer: open.answer(name, question) };
  } catch (error) {
    close();
    return { id, error: toldError(error) };
  }
}

function openAnew(): Open {
  const connection = openForReading(path);
  return { connection, answer: prepareQuestions(connection) };
}

function close(): void {
  try {
    open?.connection.close();
  } finally {
    open = undefined;
  }
}

function toldError(error: unknown): ToldError {
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  return { message: error.message, code: "code" in error ? String(error.code) : "" };
}
