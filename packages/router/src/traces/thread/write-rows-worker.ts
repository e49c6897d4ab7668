/** The program of the thread that writes rows, one transaction per lot, whole or not at all, and deletes old ones. */
import { workerData } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { openForRows } from "../../storage/open-for-rows.ts";
import { createPortions, type Portions } from "../../storage/retention/portion.ts";
import { createTraceWriter } from "../trace-writer.ts";
import { type PackedTrace, unpackTrace } from "./packed-trace.ts";
import type { ThreadAnswer, ThreadOrder, ThreadStart } from "./thread-orders.ts";

const { path, port, answers } = workerData as ThreadStart;
const connection = openForRows(path);
const writer = createTraceWriter(connection);
const writeAll = connection.transaction((traces: readonly PackedTrace[]) => {
  writer.begin();
  for (const trace of traces) writer.write(unpackTrace(trace));
  writer.finish();
});
let portions: Portions | undefined;

port.postMessage({ kind: "ready" } satisfies ThreadAnswer);
port.on("message", (order: ThreadOrder) => {
  port.postMessage(answerTo(order));
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
  if (order.kind === "end") port.close();
});

/** Why a lot could not be written is found out by who writes the same rows next, and tells it. */
function answerTo(order: ThreadOrder): ThreadAnswer {
  try {
    return { kind: "done", isMore: carryOut(order) };
  } catch (error) {
    const code = error instanceof Sqlite.SqliteError ? error.code : "";
    return { kind: "failed", code, message: error instanceof Error ? error.message : String(error) };
  }
}

function carryOut(order: ThreadOrder): boolean {
  switch (order.kind) {
    case "write":
      writeAll.immediate(order.lot);
      return false;
    case "delete":
      portions ??= createPortions(connection);
      return portions.take(order.portion);
    case "end":
      connection.close();
      return false;
  }
}
