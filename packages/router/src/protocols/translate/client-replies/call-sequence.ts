/**
 * Puts the events of one answer into an order in which no two tool calls overlap: backends may send the arguments of
 * several calls in turns, but in most dialects a call is whole before the next thing begins. What comes while a call is
 * open waits until its arguments are whole JSON, at the latest until the answer finishes.
 */
import { isWholeJson } from "../go-value.ts";
import type { NeutralEvent } from "../neutral.ts";

/** What an answer is made of when calls come one after the other. */
export type ReplyStep =
  | Spoken
  | Extract<NeutralEvent, { kind: "finish" }>
  | { readonly kind: "call"; readonly id: string; readonly name: string }
  /** The next piece of the arguments of the call that began last; never empty. */
  | { readonly kind: "arguments"; readonly text: string }
  /** The call that began last is over. */
  | { readonly kind: "call-end"; readonly argumentsText: string };

export interface CallSequence {
  /** The steps for the answer's next event; those of other answers and of the reply as a whole give none. */
  readonly take: (event: NeutralEvent) => readonly ReplyStep[];
  /** What still waits. */
  readonly close: () => readonly ReplyStep[];
}

type Spoken = Extract<NeutralEvent, { kind: "text" | "thinking" }>;

interface Call {
  readonly kind: "call";
  readonly id: string;
  readonly name: string;
  text: string;
  /** How much of the text was looked at and found incomplete. */
  judgedLength: number;
  isOver: boolean;
}

/** The sequence of the answer `choice`. Calls without an id get one from `newId`. */
export const createCallSequence = (choice: number, newId: () => string): CallSequence => {
  const queue: Queue = { open: undefined, waiting: [] };
  const calls = new Map<number, Call>();
  const mend = createMender();
  const take = (event: Extract<NeutralEvent, { choice: number }>): readonly ReplyStep[] => {
    switch (event.kind) {
      case "text":
      case "thinking": {
        const text = mend(event.kind, event.text);
        return text === "" && event.text !== "" ? [] : add(queue, { ...event, text });
      }
      case "tool-call": {
        const call = newCall(event.id || `call_${newId()}`, event.name);
        calls.set(event.index, call);
        return add(queue, call);
      }
      case "tool-arguments":
        return append(queue, calls.get(event.index), mend(event.index, event.text));
      case "finish":
        return [...flush(queue), event];
    }
  };
  return {
    take: (event) => ("choice" in event && event.choice === choice ? take(event) : []),
    close: () => flush(queue),
  };
};

/**
 * Puts characters together again that a backend cut in two: half a surrogate pair at the end of a piece waits for the next
 * piece of the same text, since no JSON text in UTF-8 can carry it alone.
 */
const createMender = (): ((of: number | "text" | "thinking", text: string) => string) => {
  const halves = new Map<number | "text" | "thinking", string>();
  return (of, text) => {
    const joined = (halves.get(of) ?? "") + text;
    const half = /[\ud800-\udbff]$/.exec(joined)?.[0] ?? "";
    if (half === "") halves.delete(of);
    else halves.set(of, half);
    return joined.slice(0, joined.length - half.length);
  };
};

interface Queue {
  open: Call | undefined;
  waiting: (Call | Spoken)[];
}

const newCall = (id: string, name: string): Call => ({
  kind: "call",
  id,
  name,
  text: "",
  judgedLength: 0,
  isOver: false,
});

const add = (queue: Queue, item: Call | Spoken): readonly ReplyStep[] => {
  if (queue.open === undefined) return begin(queue, item);
  queue.waiting.push(item);
  return advance(queue);
};

/** What comes for a call that is over is lost: its arguments were whole. */
const append = (queue: Queue, call: Call | undefined, text: string): readonly ReplyStep[] => {
  if (call === undefined || call.isOver || text === "") return [];
  call.text += text;
  return call === queue.open ? [{ kind: "arguments", text }] : [];
};

/** Lets go of what waits as long as no unfinished call stands in front of it. */
const advance = (queue: Queue): readonly ReplyStep[] => {
  const steps: ReplyStep[] = [];
  let taken = 0;
  for (const item of queue.waiting) {
    if (queue.open !== undefined && !isComplete(queue.open)) break;
    steps.push(...endOpen(queue), ...begin(queue, item));
    taken += 1;
  }
  if (taken > 0) queue.waiting = queue.waiting.slice(taken);
  return steps;
};

/** Lets go of everything: nothing more can come for any call. */
const flush = (queue: Queue): readonly ReplyStep[] => {
  const items = queue.waiting;
  queue.waiting = [];
  return [...endOpen(queue), ...items.flatMap((item) => [...begin(queue, item), ...endOpen(queue)])];
};

const begin = (queue: Queue, item: Call | Spoken): readonly ReplyStep[] => {
  if (item.kind !== "call") return [item];
  queue.open = item;
  const head = { kind: "call", id: item.id, name: item.name } as const;
  return item.text === "" ? [head] : [head, { kind: "arguments", text: item.text }];
};

const endOpen = (queue: Queue): readonly ReplyStep[] => {
  if (queue.open === undefined) return [];
  const { text } = queue.open;
  queue.open.isOver = true;
  queue.open = undefined;
  return [{ kind: "call-end", argumentsText: text }];
};

/** A text is parsed again only after it has grown. */
const isComplete = (call: Call): boolean => {
  if (call.judgedLength === call.text.length) return false;
  call.judgedLength = call.text.length;
  return isWholeJson(call.text);
};
