/** A stream of `/v1/messages`: named events, in which content blocks are opened and closed as the text demands. */
import { goJsonString } from "../../go-types/go-json.ts";
import { escapeMarkup, goObject } from "../go-value.ts";
import type { FinishReason, NeutralEvent, NeutralUsage, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { createCallSequence, type ReplyStep } from "./call-sequence.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { messageUsage, stopMembers } from "./messages-whole.ts";
import { namedRecord } from "./reply-values.ts";

/** The events of a stream of `/v1/messages`; nothing comes before the first of the model's words, or the end. */
export const createMessageStream = (heading: ReplyHeading): ReplyEncoder => {
  const sequence = createCallSequence(0, heading.newId);
  const blocks = createBlocks();
  const state: StreamState = { hasBegun: false, isEnded: false, hasCalled: false, usage: undefined, finish: undefined };
  const opening = (promptTokens: number): string => {
    if (state.hasBegun) return "";
    state.hasBegun = true;
    return startRecord(heading, promptTokens || estimateTokens(heading.body));
  };
  const steps = (taken: readonly ReplyStep[]): string =>
    taken
      .map((step) => {
        if (step.kind === "call") state.hasCalled = true;
        if (step.kind === "finish") state.finish = step;
        return blocks.write(step);
      })
      .join("");
  const close = (): string => {
    state.isEnded = true;
    const { finish, usage, hasCalled } = state;
    const start = opening(usage?.promptTokens ?? 0);
    const delta = goObject(stopMembers(finish, hasCalled));
    const last = record("message_delta", { delta, usage: messageUsage(usage) });
    return `${start}${steps(sequence.close())}${blocks.close()}${last}${record("message_stop", {})}`;
  };
  const write = (event: NeutralEvent): string => {
    if (state.isEnded) return "";
    if (event.kind === "end") return close();
    if (event.kind === "usage") state.usage = event.usage;
    const written = steps(sequence.take(event));
    return isSpoken(event) ? opening(0) + written : written;
  };
  return { contentType: "text/event-stream", encode: (events) => events.map(write).join(""), end: () => "" };
};

/** Whether an event begins the stream; the end of an answer does only together with the end of the reply. */
const isSpoken = (event: NeutralEvent): boolean => event.kind !== "usage" && event.kind !== "finish";

interface StreamState {
  hasBegun: boolean;
  isEnded: boolean;
  hasCalled: boolean;
  usage: NeutralUsage | undefined;
  finish: { readonly reason: FinishReason; readonly stopSequence?: string | undefined } | undefined;
}

type Members = Readonly<Record<string, string | undefined>>;

const record = (type: string, members: Members): string =>
  namedRecord(type, goObject({ type: goJsonString(type), ...members }));

const startRecord = ({ newId, model }: ReplyHeading, inputTokens: number): string =>
  record("message_start", {
    message: goObject({
      id: goJsonString(`msg_${newId()}`),
      type: '"message"',
      role: '"assistant"',
      model: goJsonString(model),
      content: "[]",
      usage: goObject({ input_tokens: String(inputTokens), output_tokens: "0" }),
    }),
  });

type BlockType = "text" | "thinking" | "tool_use";

/** Keeps count of the content blocks; at most one is open. */
const createBlocks = () => {
  let index = 0;
  let open: BlockType | undefined;
  let hasArguments = false;
  const close = (): string => {
    if (open === undefined) return "";
    open = undefined;
    index += 1;
    return record("content_block_stop", { index: String(index - 1) });
  };
  const begin = (type: BlockType, members: Members): string => {
    const closing = close();
    open = type;
    const content_block = goObject({ type: goJsonString(type), ...members });
    return closing + record("content_block_start", { index: String(index), content_block });
  };
  const add = (type: string, members: Members): string =>
    record("content_block_delta", {
      index: String(index),
      delta: goObject({ type: goJsonString(type), ...members }),
    });
  const speak = (type: "text" | "thinking", text: string): string => {
    if (text === "") return "";
    const opening = open === type ? "" : begin(type, { [type]: '""' });
    return opening + add(`${type}_delta`, { [type]: goJsonString(text) });
  };
  const addArguments = (text: string): string => {
    hasArguments = true;
    return add("input_json_delta", { partial_json: goJsonString(escapeMarkup(text)) });
  };
  const write = (step: ReplyStep): string => {
    switch (step.kind) {
      case "text":
      case "thinking":
        return speak(step.kind, step.text);
      case "call":
        hasArguments = false;
        return begin("tool_use", { id: goJsonString(step.id), name: goJsonString(step.name), input: "{}" });
      case "arguments":
        return addArguments(step.text);
      case "call-end":
        return (hasArguments ? "" : addArguments("{}")) + close();
      case "finish":
        return "";
    }
  };
  return { write, close };
};
