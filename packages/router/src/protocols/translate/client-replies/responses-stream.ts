/**
 * A stream of `/v1/responses`: numbered events, each with its members in alphabetical order. Places are Ollama's: a call
 * after a text takes the text's place, and the text is then left open and out of the output.
 */
import { goJsonString } from "../../go-types/go-json.ts";
import { escapeMarkup, goList } from "../go-value.ts";
import type { NeutralEvent, NeutralLogprob, NeutralUsage, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { createCallSequence, type ReplyStep } from "./call-sequence.ts";
import { argumentsString, logprobList, namedRecord } from "./reply-values.ts";
import { callItem, messageItem, reasoningItem, textPart } from "./response-items.ts";
import { createResponseObject, mapOrder } from "./response-object.ts";

/** The events of a stream of `/v1/responses`. */
export const createResponseStream = (heading: ReplyHeading): ReplyEncoder => {
  const { newId, request } = heading;
  const object = createResponseObject(heading, `resp_${newId()}`, mapOrder);
  const sequence = createCallSequence(0, newId);
  const stream = startStream(newId, request.logprobs !== undefined);
  let usage: NeutralUsage | undefined;
  const opening = (): string => {
    if (stream.eventCount > 0) return "";
    const response = object({ status: "in_progress", output: "[]", usage });
    return record(stream, "response.created", { response }) + record(stream, "response.in_progress", { response });
  };
  const steps = (taken: readonly ReplyStep[]): string => taken.map((step) => writeStep(stream, step)).join("");
  const close = (): string => {
    const written = opening() + steps(sequence.close()) + finishThinking(stream) + finishText(stream);
    stream.isEnded = true;
    const response = object({ status: "completed", output: outputOf(stream), usage });
    return written + record(stream, "response.completed", { response });
  };
  const write = (event: NeutralEvent): string => {
    if (stream.isEnded) return "";
    if (event.kind === "end") return close();
    if (event.kind === "usage") usage = event.usage;
    return isSpoken(event) ? opening() + steps(sequence.take(event)) : "";
  };
  return {
    contentType: "text/event-stream",
    encode: (events) => events.map(write).join(""),
    nextSequence: () => stream.eventCount,
    end: () => "",
  };
};

/** Whether an event begins the stream; the end of an answer does only together with the end of the reply. */
const isSpoken = (event: NeutralEvent): boolean => event.kind !== "usage" && event.kind !== "finish";

interface Stream {
  readonly newId: () => string;
  readonly messageId: string;
  readonly showsLogprobs: boolean;
  eventCount: number;
  /** Of the item that is written or comes next; calls do not move it. */
  place: number;
  readonly thinking: { id: string; text: string; phase: "none" | "open" | "done" };
  readonly text: { value: string; isOpen: boolean; readonly logprobs: NeutralLogprob[] };
  /** Whole calls, as items. */
  readonly calls: string[];
  call: { readonly itemId: string; readonly id: string; readonly name: string; hasArguments: boolean } | undefined;
  isEnded: boolean;
}

const startStream = (newId: () => string, showsLogprobs: boolean): Stream => ({
  newId,
  messageId: `msg_${newId()}`,
  showsLogprobs,
  eventCount: 0,
  place: 0,
  thinking: { id: "", text: "", phase: "none" },
  text: { value: "", isOpen: false, logprobs: [] },
  calls: [],
  call: undefined,
  isEnded: false,
});

type Members = Readonly<Record<string, string | undefined>>;

const record = (stream: Stream, type: string, members: Members): string => {
  const sequence_number = String(stream.eventCount);
  stream.eventCount += 1;
  return namedRecord(type, mapOrder({ ...members, sequence_number, type: goJsonString(type) }));
};

const writeStep = (stream: Stream, step: ReplyStep): string => {
  switch (step.kind) {
    case "thinking":
      return step.text === "" ? "" : addThinking(stream, step.text);
    case "text":
      return step.text === "" ? "" : addText(stream, step.text, stream.showsLogprobs ? (step.logprobs ?? []) : []);
    case "call":
      return beginCall(stream, step);
    case "arguments":
      return addArguments(stream, goJsonString(escapeMarkup(step.text)));
    case "call-end":
      return endCall(stream, step.argumentsText);
    case "finish":
      return "";
  }
};

const addThinking = (stream: Stream, text: string): string => {
  const { thinking } = stream;
  let opening = "";
  if (thinking.phase === "none") {
    thinking.id = `rs_${stream.newId()}`;
    thinking.phase = "open";
    const item = mapOrder({ id: goJsonString(thinking.id), type: '"reasoning"', summary: "[]" });
    opening = record(stream, "response.output_item.added", { output_index: String(stream.place), item });
  }
  thinking.text += text;
  const members = { ...summaryPlace(stream), delta: goJsonString(text) };
  return opening + record(stream, "response.reasoning_summary_text.delta", members);
};

const summaryPlace = ({ thinking, place }: Stream): Members => ({
  item_id: goJsonString(thinking.id),
  output_index: String(place),
  summary_index: "0",
});

const finishThinking = (stream: Stream): string => {
  const { thinking } = stream;
  if (thinking.phase !== "open") return "";
  thinking.phase = "done";
  const item = reasoningItem(mapOrder, thinking.id, thinking.text);
  const members = { ...summaryPlace(stream), text: goJsonString(thinking.text) };
  const written = record(stream, "response.reasoning_summary_text.done", members) + itemDone(stream, item);
  stream.place += 1;
  return written;
};

const itemDone = (stream: Stream, item: string, place = stream.place): string =>
  record(stream, "response.output_item.done", { output_index: String(place), item });

/** Behind a call no text is shown. */
const addText = (stream: Stream, text: string, logprobs: readonly NeutralLogprob[]): string => {
  if (stream.calls.length > 0) return "";
  const opening = finishThinking(stream) + openText(stream);
  stream.text.value += text;
  for (const logprob of logprobs) stream.text.logprobs.push(logprob);
  const members = { ...textPlace(stream), delta: goJsonString(text), logprobs: logprobList(logprobs) ?? "[]" };
  return opening + record(stream, "response.output_text.delta", members);
};

const textPlace = (stream: Stream): Members => ({
  item_id: goJsonString(stream.messageId),
  output_index: String(stream.place),
  content_index: "0",
});

const openText = (stream: Stream): string => {
  if (stream.text.isOpen) return "";
  stream.text.isOpen = true;
  const item = messageItem(mapOrder, stream.messageId, { status: "in_progress", parts: [] });
  const part = textPart(mapOrder, "", []);
  const added = record(stream, "response.output_item.added", { output_index: String(stream.place), item });
  return added + record(stream, "response.content_part.added", { ...textPlace(stream), part });
};

const finishText = (stream: Stream): string => {
  const { value, isOpen, logprobs } = stream.text;
  if (!isOpen || stream.calls.length > 0) return "";
  const part = textPart(mapOrder, value, logprobs);
  const done = { ...textPlace(stream), text: goJsonString(value), logprobs: logprobList(logprobs) ?? "[]" };
  const item = messageItem(mapOrder, stream.messageId, { status: "completed", parts: [part] });
  return (
    record(stream, "response.output_text.done", done) +
    record(stream, "response.content_part.done", { ...textPlace(stream), part }) +
    itemDone(stream, item)
  );
};

const callPlace = (stream: Stream): string => String(stream.place + stream.calls.length);

const beginCall = (stream: Stream, { id, name }: { readonly id: string; readonly name: string }): string => {
  const closing = finishThinking(stream);
  const itemId = `fc_${stream.newId()}_${stream.calls.length}`;
  stream.call = { itemId, id, name, hasArguments: false };
  const item = mapOrder({
    id: goJsonString(itemId),
    type: '"function_call"',
    status: '"in_progress"',
    call_id: goJsonString(id),
    name: goJsonString(name),
    arguments: '""',
  });
  return closing + record(stream, "response.output_item.added", { output_index: callPlace(stream), item });
};

/** `delta` is a JSON string. */
const addArguments = (stream: Stream, delta: string): string => {
  if (stream.call === undefined) return "";
  stream.call.hasArguments = true;
  const members = { item_id: goJsonString(stream.call.itemId), output_index: callPlace(stream), delta };
  return record(stream, "response.function_call_arguments.delta", members);
};

const endCall = (stream: Stream, argumentsText: string): string => {
  const { call } = stream;
  if (call === undefined) return "";
  const given = argumentsString(argumentsText);
  const delta = call.hasArguments ? "" : addArguments(stream, given);
  const place = callPlace(stream);
  const item = callItem(mapOrder, call.itemId, { id: call.id, name: call.name, argumentsText });
  const done = { item_id: goJsonString(call.itemId), output_index: place, arguments: given };
  const written = delta + record(stream, "response.function_call_arguments.done", done);
  const last = record(stream, "response.output_item.done", { output_index: place, item });
  stream.calls.push(item);
  stream.call = undefined;
  return written + last;
};

const outputOf = ({ thinking, text, calls, messageId }: Stream): string => {
  const thought = thinking.phase === "none" ? [] : [reasoningItem(mapOrder, thinking.id, thinking.text)];
  const parts = [textPart(mapOrder, text.value, text.logprobs)];
  const said = text.isOpen ? [messageItem(mapOrder, messageId, { status: "completed", parts })] : [];
  const items = [...thought, ...(calls.length > 0 ? calls : said)];
  return items.length === 0 ? "null" : goList(items);
};
