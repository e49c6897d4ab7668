import { type Difference, differencesOf } from "./differences.ts";
import { formOf } from "./form.ts";
import { type AnswerPair, type IntendedDifference, OWN_HEADERS } from "./intended-difference.ts";
import type { PlainAnswer } from "./plain-answer.ts";
import type { Verdict } from "./verdict.ts";

/** What is compared. */
export interface Comparison extends AnswerPair {
  /** A second answer of the backend itself; it tells what is stable. */
  readonly again: PlainAnswer;
  readonly intended: readonly IntendedDifference[];
}

/** Compares byte by byte, then without the intended differences, then, where the backend differs from itself, by the form. */
export function compareAnswers({ again, intended, ...pair }: Comparison): Verdict {
  const bare = {
    ...pair,
    router: withoutOwnHeaders(pair.router),
    ...(pair.followed === undefined ? {} : { followed: withoutOwnHeaders(pair.followed) }),
  };
  if (differencesOf(bare.direct, bare.router).length === 0) return { kind: "equal" };
  const isStable = differencesOf(pair.direct, again).length === 0;
  const { settled, names } = settle(bare, intended);
  const found = isStable ? differencesOf(settled.direct, settled.router) : formDifferences(settled);
  if (found.length > 0) return { kind: "different", differences: found };
  if (names.length > 0) return { kind: "intended", names, isInForm: !isStable };
  return { kind: "equal in form" };
}

/** Takes every intended difference away that is there. */
function settle(pair: AnswerPair, intended: readonly IntendedDifference[]) {
  let settled = pair;
  const names: string[] = [];
  for (const difference of intended) {
    if (differencesOf(settled.direct, settled.router).length === 0) break;
    const next = difference.settle(settled);
    if (next === undefined) continue;
    settled = { ...settled, ...next };
    names.push(difference.name);
  }
  return { settled, names };
}

function withoutOwnHeaders(answer: PlainAnswer): PlainAnswer {
  return { ...answer, headers: new Map([...answer.headers].filter(([name]) => !OWN_HEADERS.test(name))) };
}

function formDifferences({ direct, router }: AnswerPair): readonly Difference[] {
  const inForm = (answer: PlainAnswer): PlainAnswer => ({
    ...answer,
    body: formOf(answer.headers.get("content-type") ?? "", answer.body.replaceAll(/<(date|ns)>/g, "0")),
    // A whole answer of about 2 KB has a length or not, as its words happen to be.
    framing: answer.framing === "length" ? "chunked" : answer.framing,
    pieces: 0,
  });
  return differencesOf(inForm(direct), inForm(router));
}
