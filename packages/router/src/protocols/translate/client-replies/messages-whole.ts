import { goJsonString } from "../../go-types/go-json.ts";
import { argumentsObject, goList, goObject } from "../go-value.ts";
import type { FinishReason, NeutralUsage, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { createWholeEncoder, type GatheredChoice } from "./gathered-reply.ts";
import { NO_OBJECT } from "./reply-values.ts";

/** A reply of `/v1/messages` that is no stream. Arguments that are no object cannot be said in it. */
export const createMessageWhole = ({ newId, model }: ReplyHeading): ReplyEncoder =>
  createWholeEncoder({
    contentType: "application/json",
    newId,
    render: ({ choices: [choice], usage }) => {
      const inputs = choice.calls.map(({ argumentsText }) => argumentsObject(argumentsText));
      if (inputs.includes(undefined)) return { fault: NO_OBJECT };
      const finish = choice.reason && { reason: choice.reason, stopSequence: choice.stopSequence };
      const message = goObject({
        id: goJsonString(`msg_${newId()}`),
        type: '"message"',
        role: '"assistant"',
        model: goJsonString(model),
        content: contentOf(choice, inputs),
        ...stopMembers(finish, choice.calls.length > 0),
        usage: messageUsage(usage),
      });
      return `${message}\n`;
    },
  });

/** Zeros where nothing was told. */
export const messageUsage = (usage: NeutralUsage | undefined): string =>
  goObject({ input_tokens: String(usage?.promptTokens ?? 0), output_tokens: String(usage?.outputTokens ?? 0) });

/** Why an answer ended; a stop sequence is named only where the backend told it, and Ollama tells none. */
export const stopMembers = (
  finish: { readonly reason: FinishReason; readonly stopSequence?: string | undefined } | undefined,
  hasCalled: boolean,
): Readonly<Record<string, string | undefined>> => {
  if (finish === undefined) return hasCalled ? { stop_reason: '"tool_use"' } : {};
  if (hasCalled || finish.stopSequence === undefined) {
    return { stop_reason: goJsonString(hasCalled ? "tool_use" : stopReasons[finish.reason]) };
  }
  return { stop_reason: '"stop_sequence"', stop_sequence: goJsonString(finish.stopSequence) };
};

/** Ollama says `stop_sequence` of any reason that it does not know. */
const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  load: "stop_sequence",
  unload: "stop_sequence",
};

/** Thought, text, calls: whatever there is of them; nothing at all is null. */
const contentOf = ({ text, thinking, calls }: GatheredChoice, inputs: readonly (string | undefined)[]): string => {
  const blocks = [
    ...(thinking === "" ? [] : [goObject({ type: '"thinking"', thinking: goJsonString(thinking) })]),
    ...(text === "" ? [] : [goObject({ type: '"text"', text: goJsonString(text) })]),
    ...calls.map(({ id, name }, index) =>
      goObject({ type: '"tool_use"', id: goJsonString(id), name: goJsonString(name), input: inputs[index] }),
    ),
  ];
  return blocks.length === 0 ? "null" : goList(blocks);
};
