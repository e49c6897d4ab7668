import type { Connection } from "../../../storage/connection.ts";
import { writeAnswer } from "../written.ts";
import { cellParts } from "./cell-parts.ts";
import { newestDays } from "./most-rows.ts";
import type { WrittenQuestion } from "./usage-range.ts";

/** What each node did with each model, per UTC day: JSON `{data, is_complete}`. */
export function createNodeUsage(connection: Connection): (question: WrittenQuestion) => Uint8Array {
  const parts = cellParts(connection);
  return (question) => {
    const { list, isWhole } = newestDays(parts.of(question), ({ nodes }) => nodes);
    return writeAnswer({ ...question.head, data: list, is_complete: isWhole });
  };
}
