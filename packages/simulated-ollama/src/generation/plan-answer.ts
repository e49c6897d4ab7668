/** What a simulated model will say to a request: decided before the first token, without any time in it. */
import { exampleOf, jsonTokens } from "./json-text.ts";
import { type TokenLogprob, tokenLogprob } from "./logprobs.ts";
import { pseudoText } from "./pseudo-text.ts";
import { fingerprint } from "./random.ts";
import { createStopGate, type Passed } from "./stop-gate.ts";

/** What decides the answer. */
export interface AnswerWish {
  /** The rendered prompt: equal prompts with equal seeds have equal answers. */
  readonly prompt: string;
  readonly seed: number;
  /** Tokens at most; 0 or less = the model stops by itself. */
  readonly limit: number;
  readonly stops: readonly string[];
  /** A JSON schema or `"json"`; `undefined` = free text. */
  readonly format: unknown;
  readonly isThinking: boolean;
  /** Thoughts stand in the text between tags: what models do whose node cannot tell them apart. */
  readonly thinksAloud: boolean;
  readonly toolCall: ToolCall | undefined;
  /** The prompt fills the context and nothing may be shifted out of it: the model stops at once. */
  readonly isFull: boolean;
  /** `undefined` = not asked for; else how many rivals per token. */
  readonly topLogprobs: number | undefined;
  /** Text is kept back to the end, and comes with the last record: what nodes did that could not read calls in a stream. */
  readonly holdsText?: boolean;
  /** What is said instead of pseudo text. */
  readonly speech?: Speech | undefined;
}

/** Words that were written by somebody. */
export interface Speech {
  readonly answer: string;
  /** What a model that thinks thinks before it. */
  readonly thought: string;
}

/** A call that the model makes instead of writing text. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

/** One record of the answer. A tool call takes `tokens` steps to write but is one record. */
export interface Piece {
  readonly content: string;
  readonly thinking?: string;
  readonly toolCall?: ToolCall;
  readonly logprob?: TokenLogprob;
  /** Decoding steps behind this record. */
  readonly tokens: number;
}

/** Why the answer ends, and steps that wrote nothing. */
export interface AnswerEnd {
  readonly reason: "stop" | "length";
  readonly tokens: number;
  /** Text that was kept back. */
  readonly held?: string;
}

/** The records one by one, then why it ended. */
export function* planAnswer(wish: AnswerWish): Generator<Piece, AnswerEnd> {
  if (wish.toolCall !== undefined) {
    const tokens = jsonTokens({ name: wish.toolCall.name, arguments: wish.toolCall.arguments }).length;
    yield { content: "", toolCall: wish.toolCall, tokens };
    return { reason: "stop", tokens: 0 };
  }
  if (wish.isFull) return { reason: "stop", tokens: 1 };
  let left = wish.limit > 0 ? wish.limit : Number.POSITIVE_INFINITY;
  const random = fingerprint(`${wish.seed} ${wish.prompt}`);
  for (const token of thoughts(wish, random)) {
    if (left-- <= 0) return { reason: "length", tokens: 0 };
    yield wish.thinksAloud ? { content: token, tokens: 1 } : { content: "", thinking: token, tokens: 1 };
  }
  return wish.holdsText === true ? holdText(wish, random, left) : yield* writeText(wish, random, left);
}

function holdText(wish: AnswerWish, random: number, left: number): AnswerEnd {
  const text = writeText(wish, random, left);
  let held = "";
  let tokens = 0;
  for (let next = text.next(); ; next = text.next()) {
    tokens += next.value.tokens;
    if (next.done) return { reason: next.value.reason, tokens, held };
    held += next.value.content;
  }
}

const thoughtLength = 5;
/** Tokens of an answer without a limit: enough to see a stream, few enough for a test. */
const ownLength = (random: number): number => 32 + (random % 33);

function* thoughts(wish: AnswerWish, random: number): Generator<string> {
  if (!wish.isThinking) return;
  if (wish.thinksAloud) yield "<think>\n";
  yield* silentThoughts(wish, random);
  if (wish.thinksAloud) yield "\n</think>\n\n";
}

function* silentThoughts(wish: AnswerWish, random: number): Generator<string> {
  if (wish.speech !== undefined) return yield* wordsOf(wish.speech.thought);
  const source = pseudoText(random ^ 0x5f5f5f5f);
  for (let count = 0; count < thoughtLength; count++) yield source.next().value;
}

function* writeText(wish: AnswerWish, random: number, left: number): Generator<Piece, AnswerEnd> {
  const gate = createStopGate(wish.stops);
  let written = 0;
  for (const token of firstOf(wantedText(wish, random), left)) {
    written++;
    const passed = gate.push(token);
    if (passed.text !== "") yield piece(passed, wish);
    if (passed.ended) return { reason: "stop", tokens: passed.text === "" ? passed.steps : 0 };
  }
  const rest = gate.flush();
  if (rest.text !== "") yield piece(rest, wish);
  return { reason: written >= left ? "length" : "stop", tokens: 0 };
}

function* firstOf(tokens: Iterable<string>, count: number): Generator<string> {
  let left = count;
  if (left <= 0) return;
  for (const token of tokens) {
    yield token;
    if (--left <= 0) return;
  }
}

function wantedText(wish: AnswerWish, random: number): Iterable<string> {
  return wish.format === undefined ? freeText(wish, random) : jsonTokens(exampleOf(wish.format));
}

function* freeText(wish: AnswerWish, random: number): Generator<string> {
  if (wish.speech !== undefined) return yield* wordsOf(wish.speech.answer);
  const count = wish.limit > 0 ? Number.POSITIVE_INFINITY : ownLength(random);
  const source = pseudoText(random);
  for (let index = 0; index < count; index++) yield source.next().value;
}

/** A written text as tokens: every word with the blanks before it. */
const wordsOf = (text: string): readonly string[] => text.match(/\s*\S+/g) ?? [];

function piece(passed: Passed, wish: AnswerWish): Piece {
  const { text: content, steps: tokens } = passed;
  if (wish.topLogprobs === undefined) return { content, tokens };
  return { content, logprob: tokenLogprob(content, wish.topLogprobs), tokens };
}
