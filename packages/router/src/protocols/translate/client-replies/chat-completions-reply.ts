import { goJsonString } from "../../go-types/go-json.ts";
import { escapeMarkup, goList, goObject } from "../go-value.ts";
import type { FinishReason, NeutralEvent, NeutralUsage, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { type CallSequence, createCallSequence, type ReplyStep } from "./call-sequence.ts";
import { createWholeEncoder, type GatheredCall, type GatheredChoice } from "./gathered-reply.ts";
import { argumentsString, dataRecord, logprobList, openaiUsage, secondsText } from "./reply-values.ts";

/** A stream of `/v1/chat/completions`: the role in every chunk, calls named with their first arguments. */
export const createChatStream = (heading: ReplyHeading): ReplyEncoder => {
  const frame = chatFrame(heading, "chat.completion.chunk");
  const choices = new Map<number, ChoiceStream>();
  let isEnded = false;
  let usage: NeutralUsage | undefined;
  const choiceOf = (choice: number): ChoiceStream => {
    const found = choices.get(choice) ?? createChoiceStream(choice, heading.newId);
    choices.set(choice, found);
    return found;
  };
  const chunks = (texts: readonly string[]): string =>
    texts.map((choice) => dataRecord(frame({ choices: goList([choice]) }))).join("");
  const close = (): string => {
    isEnded = true;
    const rest = [...choices.values()].map((choice) => chunks(choice.close())).join("");
    const told = heading.request.wantsUsage ? dataRecord(frame({ choices: "[]", usage: openaiUsage(usage) })) : "";
    return `${rest}${told}data: [DONE]\n\n`;
  };
  const write = (event: NeutralEvent): string => {
    if (isEnded) return "";
    if (event.kind === "end") return close();
    if (event.kind !== "usage") return chunks(choiceOf(event.choice).take(event));
    usage = event.usage;
    return "";
  };
  return { contentType: "text/event-stream", encode: (events) => events.map(write).join(""), end: () => "" };
};

/** A reply of `/v1/chat/completions` that is no stream. */
export const createChatWhole = (heading: ReplyHeading): ReplyEncoder => {
  const frame = chatFrame(heading, "chat.completion");
  return createWholeEncoder({
    contentType: "application/json",
    newId: heading.newId,
    render: ({ choices, usage }) =>
      `${frame({ choices: goList(choices.map(wholeChoice)), usage: openaiUsage(usage) })}\n`,
  });
};

/** OpenAI's word for the end of an answer; Ollama's own reasons are passed on. */
export const finishWord = (reason: FinishReason, hasCalled: boolean): string => {
  if (hasCalled || reason === "tool-calls") return "tool_calls";
  return reason === "content-filter" ? "content_filter" : reason;
};

type Members = Readonly<Record<string, string | undefined>>;

/** What every object of one reply begins with. */
const chatFrame = ({ model, now, newId }: ReplyHeading, object: string): ((rest: Members) => string) => {
  const id = goJsonString(`chatcmpl-${newId()}`);
  const [named, kind] = [goJsonString(model), goJsonString(object)];
  return (rest) =>
    goObject({
      id,
      object: kind,
      created: secondsText(now()),
      model: named,
      system_fingerprint: '"fp_ollama"',
      ...rest,
    });
};

/** The choices of the chunks for an answer's events. */
type ChoiceStream = CallSequenceOf<string>;
interface CallSequenceOf<Written> {
  readonly take: (event: NeutralEvent) => readonly Written[];
  readonly close: () => readonly Written[];
}

const createChoiceStream = (choice: number, newId: () => string): ChoiceStream => {
  const sequence: CallSequence = createCallSequence(choice, newId);
  let head: { readonly id: string; readonly name: string } | undefined;
  let callCount = 0;
  const delta = (rest: Members, logprobs?: string): string =>
    chunkChoice(choice, { delta: rest, reason: undefined, logprobs });
  const called = (argumentsText: string): string => {
    const index = callCount - 1;
    const named = head === undefined ? {} : { id: goJsonString(head.id) };
    const call = { function: functionText(head?.name, argumentsText) };
    const members = { ...named, index: String(index), ...(head === undefined ? {} : { type: '"function"' }), ...call };
    head = undefined;
    return delta({ content: '""', tool_calls: goList([goObject(members)]) });
  };
  const write = (step: ReplyStep): readonly string[] => {
    switch (step.kind) {
      case "text":
        return [delta({ content: goJsonString(step.text) }, logprobList(step.logprobs))];
      case "thinking":
        return [delta({ content: '""', reasoning: goJsonString(step.text) })];
      case "call":
        head = step;
        callCount += 1;
        return [];
      case "arguments":
        return [called(goJsonString(escapeMarkup(step.text)))];
      case "call-end":
        return head === undefined ? [] : [called(argumentsString(step.argumentsText))];
      case "finish":
        return [chunkChoice(choice, { delta: { content: '""' }, reason: finishWord(step.reason, callCount > 0) })];
    }
  };
  return {
    take: (event) => sequence.take(event).flatMap(write),
    close: () => sequence.close().flatMap(write),
  };
};

interface ChunkParts {
  readonly delta: Members;
  readonly reason: string | undefined;
  readonly logprobs?: string | undefined;
}

const chunkChoice = (choice: number, { delta, reason, logprobs }: ChunkParts): string =>
  goObject({
    index: String(choice),
    delta: goObject({ role: '"assistant"', ...delta }),
    finish_reason: reason === undefined ? "null" : goJsonString(reason),
    logprobs: logprobs && goObject({ content: logprobs }),
  });

/** `argumentsJson` is a JSON string. */
const functionText = (name: string | undefined, argumentsJson: string): string =>
  goObject({ name: name === undefined ? undefined : goJsonString(name), arguments: argumentsJson });

const wholeChoice = ({ choice, text, thinking, calls, logprobs, reason }: GatheredChoice): string => {
  const content = logprobList(logprobs);
  return goObject({
    index: String(choice),
    message: goObject({
      role: '"assistant"',
      content: goJsonString(text),
      reasoning: thinking === "" ? undefined : goJsonString(thinking),
      tool_calls: calls.length === 0 ? undefined : goList(calls.map(wholeCall)),
    }),
    finish_reason: reason === undefined ? "null" : goJsonString(finishWord(reason, calls.length > 0)),
    logprobs: content && goObject({ content }),
  });
};

const wholeCall = ({ id, name, argumentsText }: GatheredCall, index: number): string =>
  goObject({
    id: goJsonString(id),
    index: String(index),
    type: '"function"',
    function: functionText(name, argumentsString(argumentsText)),
  });
