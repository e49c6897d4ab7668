/** The program of the thread that writes rows: one transaction per lot, whole or not at all. */
import { workerData } from "node:worker_threads";
import { openForRows } from "../../storage/open-for-rows.ts";
import { createTraceWriter } from "../trace-writer.ts";
import { type PackedTrace, unpackTrace } from "./packed-trace.ts";
import type { ThreadAnswer, ThreadOrder, ThreadStart } from "./trace-thread.ts";

const { path, port, answers } = workerData as ThreadStart;
const connection = openForRows(path);
const writer = createTraceWriter(connection);
const writeAll = connection.transaction((traces: readonly PackedTrace[]) => {
  writer.begin();
  for (const trace of traces) writer.write(unpackTrace(trace));
  writer.finish();
});

port.postMessage("ready" satisfies ThreadAnswer);
port.on("message", (order: ThreadOrder) => {
  if (order !== undefined) {
    answer(isWritten(order));
    return;
  }
  connection.close();
  answer(undefined);
  port.close();
});

/** Why it failed is found out by who writes the same rows next, and tells it. */
function isWritten(traces: readonly PackedTrace[]): boolean {
  try {
    writeAll.immediate(traces);
    return true;
  } catch {
    return false;
  }
}

function answer(told: ThreadAnswer): void {
  port.postMessage(told);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}
