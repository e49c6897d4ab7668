import type { Connection } from "../../../storage/connection.ts";
import { writeAnswer } from "../written.ts";
import { createFindTraces } from "./find-traces.ts";
import type { TracePlace, TraceQuestion } from "./trace-question.ts";

/** A page of stored requests: JSON `{traces, next, is_complete, scanned}`, `next` as a text that nobody need understand. */
export function createTracePage(connection: Connection): (question: TraceQuestion) => Uint8Array {
  const find = createFindTraces(connection);
  return (question) => {
    const { traces, next, scanned } = find(question);
    return writeAnswer({
      traces,
      next: next === undefined ? null : cursorOf(next),
      is_complete: next === undefined,
      scanned,
    });
  };
}

/** The place where the next page begins, as the query takes it. */
const cursorOf = ({ timestamp, id }: TracePlace): string =>
  Buffer.from(JSON.stringify([timestamp, id])).toString("base64url");
