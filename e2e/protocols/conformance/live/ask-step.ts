import { type PlainAnswer, plainAnswer } from "../compare/plain-answer.ts";
import { digestOf, type Step, type StepPlace } from "../steps/step.ts";
import { headerOf, type WireAnswer } from "../wire/message.ts";
import { sendWire } from "../wire/send.ts";

/** A server, and what requests to it are made for. */
export interface Side {
  readonly url: URL;
  readonly place: StepPlace;
  /** No answer takes longer, ms. */
  readonly timeoutMs: number;
}

/** What a server answered to a step. */
export interface StepAnswer {
  readonly answer: PlainAnswer;
  /** Where the answer is a redirect: what is at the place that it names. */
  readonly followed: PlainAnswer | undefined;
}

/** Asks a server one step. */
export async function askStep(step: Step, { url, place, timeoutMs }: Side): Promise<StepAnswer> {
  const request = step.request(place);
  const answer = await sendWire(url, request, timeoutMs);
  const next = redirectOf(answer);
  const followed = next === undefined ? undefined : await sendWire(url, { ...request, path: next }, timeoutMs);
  return { answer: plainOf(answer, place), followed: followed === undefined ? undefined : plainOf(followed, place) };
}

function redirectOf({ status, headers }: WireAnswer): string | undefined {
  return status === 301 || status === 307 ? headerOf(headers, "location") : undefined;
}

function plainOf(answer: WireAnswer, place: StepPlace): PlainAnswer {
  const digest = digestOf(place);
  return plainAnswer(answer, [digest, digest.slice(7, 19), place.host]);
}
