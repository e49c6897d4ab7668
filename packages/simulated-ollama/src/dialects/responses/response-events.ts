/** The events of a `/v1/responses` stream: each is one HTTP chunk with a number, its members in alphabetical order. */
import type { ToolCall } from "../../generation/plan-answer.ts";
import { encodeGo } from "../../json/encode-go.ts";
import type { Chunks } from "../dialect.ts";

/** Ids of the items of one answer. */
export interface ItemIds {
  readonly message: string;
  readonly reasoning: string;
  /** The id of a call's item. */
  readonly call: () => string;
}

/** Keeps count of events and items; good for one stream. */
export interface ResponseEvents {
  /** An event that carries a response object. */
  response(type: string, response: object): string;
  thought(text: string): Chunks;
  text(text: string): Chunks;
  call(call: ToolCall): Chunks;
  /** Closes what is open. */
  finish(): Chunks;
  /** The items as the last response object lists them. */
  output(): readonly object[] | null;
}

/** Creates the events of one stream. */
export function createResponseEvents(ids: ItemIds): ResponseEvents {
  const state: State = { number: 0, index: 0, calls: [], ids, thoughts: { text: "", phase: "none" }, text: undefined };
  return {
    response: (type, response) => event(state, type, { response }),
    thought: (text) => addThought(state, text),
    text: (text) => addText(state, text),
    call: (call) => addCall(state, call),
    finish: () => [...finishThoughts(state), ...finishText(state)],
    output: () => outputOf(state),
  };
}

interface State {
  number: number;
  /** Of the item that is written or comes next. */
  index: number;
  /** Items of finished calls. */
  readonly calls: object[];
  readonly ids: ItemIds;
  readonly thoughts: { text: string; phase: "none" | "open" | "done" };
  /** `undefined` before the first text. */
  text: string | undefined;
}

/** Go prints the members of a map in alphabetical order; those inside are written in it. */
function event(state: State, type: string, members: object): string {
  const named = Object.entries({ ...members, sequence_number: state.number++, type });
  const ordered = Object.fromEntries(named.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return `event: ${type}\ndata: ${encodeGo(ordered)}\n\n`;
}

function addThought(state: State, text: string): Chunks {
  const { thoughts, ids, index: output_index } = state;
  const item = { id: ids.reasoning, summary: [], type: "reasoning" };
  const isFirst = thoughts.phase === "none";
  thoughts.phase = "open";
  thoughts.text += text;
  const opening = isFirst ? [event(state, "response.output_item.added", { item, output_index })] : [];
  const delta = { delta: text, item_id: ids.reasoning, output_index, summary_index: 0 };
  return [...opening, event(state, "response.reasoning_summary_text.delta", delta)];
}

function finishThoughts(state: State): Chunks {
  const { thoughts, ids, index: output_index } = state;
  if (thoughts.phase !== "open") return [];
  thoughts.phase = "done";
  const done = { item_id: ids.reasoning, output_index, summary_index: 0, text: thoughts.text };
  const events = [
    event(state, "response.reasoning_summary_text.done", done),
    event(state, "response.output_item.done", { item: reasoningItem(state), output_index }),
  ];
  state.index++;
  return events;
}

function addText(state: State, text: string): Chunks {
  const closing = finishThoughts(state);
  const opening = state.text === undefined ? openText(state) : [];
  state.text = (state.text ?? "") + text;
  const { ids, index: output_index } = state;
  const delta = { content_index: 0, delta: text, item_id: ids.message, logprobs: [], output_index };
  return [...closing, ...opening, event(state, "response.output_text.delta", delta)];
}

function openText(state: State): Chunks {
  const { ids, index: output_index } = state;
  const item = { content: [], id: ids.message, role: "assistant", status: "in_progress", type: "message" };
  const part = { content_index: 0, item_id: ids.message, output_index, part: textPart("") };
  return [
    event(state, "response.output_item.added", { item, output_index }),
    event(state, "response.content_part.added", part),
  ];
}

function finishText(state: State): Chunks {
  const { ids, index: output_index, text } = state;
  // After a call no text is closed: the model's answer is the call.
  if (text === undefined || state.calls.length > 0) return [];
  const done = { content_index: 0, item_id: ids.message, logprobs: [], output_index, text };
  const part = { content_index: 0, item_id: ids.message, output_index, part: textPart(text) };
  return [
    event(state, "response.output_text.done", done),
    event(state, "response.content_part.done", part),
    event(state, "response.output_item.done", { item: messageItem(state, text), output_index }),
  ];
}

function addCall(state: State, call: ToolCall): Chunks {
  const closing = finishThoughts(state);
  const item_id = state.ids.call();
  const given = encodeGo(call.arguments);
  const item = (status: string, args: string) => ({
    arguments: args,
    call_id: call.id,
    id: item_id,
    name: call.name,
    status,
    type: "function_call",
  });
  const place = { item_id, output_index: state.index };
  const done = item("completed", given);
  const added = { item: item("in_progress", ""), output_index: state.index };
  state.calls.push(done);
  return [
    ...closing,
    event(state, "response.output_item.added", added),
    event(state, "response.function_call_arguments.delta", { delta: given, ...place }),
    event(state, "response.function_call_arguments.done", { arguments: given, ...place }),
    event(state, "response.output_item.done", { item: done, output_index: state.index }),
  ];
}

function outputOf(state: State): readonly object[] | null {
  const thoughts = state.thoughts.phase === "none" ? [] : [reasoningItem(state)];
  const text = state.text === undefined ? [] : [messageItem(state, state.text)];
  const items = [...thoughts, ...(state.calls.length > 0 ? state.calls : text)];
  return items.length > 0 ? items : null;
}

function reasoningItem({ ids, thoughts: { text } }: State): object {
  return { encrypted_content: text, id: ids.reasoning, summary: [{ text, type: "summary_text" }], type: "reasoning" };
}

function messageItem({ ids }: State, text: string): object {
  return { content: [textPart(text)], id: ids.message, role: "assistant", status: "completed", type: "message" };
}

function textPart(text: string): object {
  return { annotations: [], logprobs: [], text, type: "output_text" };
}
