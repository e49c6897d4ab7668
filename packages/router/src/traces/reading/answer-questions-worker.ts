/** The program of the thread that answers questions about what is stored: one at a time, on a connection that only reads. */
import { workerData } from "node:worker_threads";
import type { Connection } from "../../storage/connection.ts";
import { type Prepared, prepareQuestions } from "../questions.ts";
import type { AskedQuestion, GivenAnswer, ReadingStart, ToldError } from "./messages.ts";
import { openForReading } from "./open-for-reading.ts";

const { path, port, ended } = workerData as ReadingStart;

interface Open {
  readonly connection: Connection;
  readonly questions: Prepared;
}
let open: Open | undefined;

/** What is prepared ahead is begun for so long at a time, and rests for so long after it, ms: whoever asks waits no longer. */
const AHEAD_MS = 4;
const AHEAD_PAUSE_MS = 20;
/** Until it is looked whether there is more of it, ms. */
const AHEAD_REST_MS = 60_000;
let ahead = setTimeout(prepareAhead, AHEAD_PAUSE_MS);

port.on("message", (question: AskedQuestion | undefined) => {
  if (question !== undefined) {
    answer(question);
    return;
  }
  clearTimeout(ahead);
  close();
  Atomics.store(ended, 0, 1);
  Atomics.notify(ended, 0);
  port.close();
});

/** Bytes go over without a copy: they have a buffer of their own. */
function answer(question: AskedQuestion): void {
  const given = answerTo(question);
  const bytes = "answer" in given && given.answer instanceof Uint8Array ? [given.answer.buffer as ArrayBuffer] : [];
  port.postMessage(given, bytes);
}

/** After an error the file is opened anew for the next question: what was wrong with it may have been put right. */
function answerTo({ id, name, question }: AskedQuestion): GivenAnswer {
  try {
    open ??= openAnew();
    return { id, answer: open.questions.answer(name, question) };
  } catch (error) {
    close();
    return { id, error: toldError(error) };
  }
}

/** Nobody asked for this: what is wrong is told to who does. */
function prepareAhead(): void {
  let mayGoOn = false;
  try {
    open ??= openAnew();
    mayGoOn = prepareAWhile(open.questions);
  } catch {
    close();
  }
  ahead = setTimeout(prepareAhead, mayGoOn ? AHEAD_PAUSE_MS : AHEAD_REST_MS);
}

/** Whether there may be more to do. */
function prepareAWhile({ prepareAhead: next }: Prepared): boolean {
  const until = performance.now() + AHEAD_MS;
  while (performance.now() < until) if (!next(Date.now() / 1000)) return false;
  return true;
}

function openAnew(): Open {
  const connection = openForReading(path);
  return { connection, questions: prepareQuestions(connection) };
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
