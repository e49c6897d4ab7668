import type { PlainAnswer } from "./plain-answer.ts";

/** Two answers to one request. */
export interface AnswerPair {
  /** `POST /api/chat`, as the route table names it. */
  readonly route: string;
  /** The step's name, or that of the recording. */
  readonly step: string;
  readonly direct: PlainAnswer;
  readonly router: PlainAnswer;
  /** Where the backend redirects: its answer at the place that it names. */
  readonly followed?: PlainAnswer;
}

/** A way in which the router means to differ. */
export interface IntendedDifference {
  readonly name: string;
  /** Why, in a sentence for the page. */
  readonly reason: string;
  /** Both answers without this difference; undefined when it is not there. */
  readonly settle: (pair: AnswerPair) => Partial<AnswerPair> | undefined;
}

/** Headers that the router adds to every answer, and that no client of Ollama reads. */
export const OWN_HEADERS = /^x-(request-id$|fleet-|herd-)/;
