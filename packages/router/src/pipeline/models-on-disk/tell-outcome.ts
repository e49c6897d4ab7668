import { headerText } from "../answers/attempt-headers.ts";
import type { ChangeOutcome } from "./change-outcome.ts";
import { type Speaker, sendHeld, tellProblem } from "./whole-answer.ts";

/** What was to be done, and what the client is to know beside the outcome. */
export interface ToldChange {
  /** `delete of 'm'`, as the sentence about a partial failure begins. */
  readonly title: string;
  /** Names nodes that were not reached; undefined when all were. */
  readonly hint: string | undefined;
}

/** Answers with what came of a change on several nodes; `X-Fleet-Nodes` names those that did it. */
export function tellOutcome(speaker: Speaker, outcome: ChangeOutcome, { title, hint }: ToldChange): void {
  const done = outcome.kind === "refused" || outcome.done.length === 0 ? [] : [outcome.done.join(", ")];
  const nodes = done.flatMap((names) => ["X-Fleet-Nodes", headerText(names)]);
  if (outcome.kind === "partial") {
    const message = `${title}: ${outcome.text}`;
    const rest = hint === undefined ? {} : { hint };
    tellProblem(speaker, {
      code: "HERD_PARTLY_DONE",
      subject: message,
      status: outcome.status,
      headers: nodes,
      ...rest,
    });
    return;
  }
  const hints = hint === undefined ? [] : ["X-Herd-Hint", headerText(hint)];
  sendHeld(speaker.incoming, outcome.answer, [...nodes, ...hints]);
}

/** What came of it, for the log. */
export function outcomeSentence(outcome: ChangeOutcome, title: string): string {
  switch (outcome.kind) {
    case "done":
      return `${title}: done on ${outcome.done.join(", ")}`;
    case "partial":
      return `${title}: ${outcome.text}`;
    case "refused":
      return `${title}: refused with HTTP ${outcome.answer.status}`;
  }
}
