import type { Connection } from "../../../storage/connection.ts";
import { writeAnswer } from "../written.ts";
import { cellParts, type ModelSums, modelSummary } from "./cell-parts.ts";
import { mergeSums } from "./merge-sums.ts";
import { MOST_ROWS, newestDays } from "./most-rows.ts";
import type { WrittenQuestion } from "./usage-range.ts";

/** What was done with each model that a node had: JSON `{daily, summary, is_complete}`, per UTC day and in all of the span. */
export function createModelUsage(connection: Connection): (question: WrittenQuestion) => Uint8Array {
  const parts = cellParts(connection);
  return (question) => {
    const days = [...parts.of(question)];
    const { list, isWhole } = newestDays(days, ({ models }) => models);
    const sums = [
      ...mergeSums(
        days.flatMap(({ modelSums }) => modelSums),
        ({ model }) => model,
      ).values(),
    ];
    const summary = sums.toSorted(mostUsedFirst).slice(0, MOST_ROWS).map(modelSummary);
    return writeAnswer({ ...question.head, daily: list, summary, is_complete: isWhole });
  };
}

const mostUsedFirst = (one: ModelSums, other: ModelSums): number =>
  other.requests - one.requests || (one.model < other.model ? -1 : 1);
