import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { traceStatus, traceView } from "@herd/shared";
import { expect, test } from "vitest";
import { openStore } from "../../storage/testing/open-store.ts";
import { createTraceRecorder } from "../record.ts";
import { traceInput } from "../testing/trace-input.ts";
import { traceColumns } from "./read-trace.ts";
import { createRecentTraces } from "./recent-traces.ts";

test("the columns are those of the contract, in its order", () => {
  expect(traceColumns.split(", ")).toEqual(Object.keys(traceView.shape));
});

test("every status of the contract is read as it is, any other as failed", () => {
  const { connection, flusher } = openStore();
  const recorder = createTraceRecorder({ connection, flusher });
  recorder.record(traceInput());
  flusher.flush();
  const setTo = connection.prepare("UPDATE request_traces SET status = ?");
  const read = createRecentTraces(connection);
  for (const status of traceStatus.options) {
    setTo.run(status);
    expect(read({ limit: 1 })[0]?.status).toBe(status);
  }
  for (const status of ["", "done", "toString", "__proto__"]) {
    setTo.run(status);
    expect(read({ limit: 1 })[0]?.status).toBe("failed");
  }
});

test("the thread that reads needs no library but the database's: others would take its memory and its time", () => {
  const questions = fileURLToPath(new URL("../questions.ts", import.meta.url));
  const program = `import { registerHooks } from "node:module";
    registerHooks({ load: (url, context, next) => { if (url.includes("/node_modules/") || url.includes("/shared/")) console.log(url); return next(url, context); } });
    await import(${JSON.stringify(questions)});`;
  const flags = ["--conditions=herd-source", "--input-type=module", "--eval", program];
  expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("");
});
