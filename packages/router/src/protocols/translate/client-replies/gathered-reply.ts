import type { FinishReason, NeutralEvent, NeutralLogprob, NeutralUsage, ReplyEncoder } from "../neutral.ts";

/** A tool call as a whole; the text is empty when it has no arguments. */
export interface GatheredCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** One answer as a whole. */
export interface GatheredChoice {
  readonly choice: number;
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly GatheredCall[];
  readonly logprobs: readonly NeutralLogprob[];
  readonly reason: FinishReason | undefined;
  readonly stopSequence: string | undefined;
}

/** A reply as a whole. */
export interface GatheredReply {
  /** In ascending order; the first one is always there. */
  readonly choices: readonly [GatheredChoice, ...GatheredChoice[]];
  readonly usage: NeutralUsage | undefined;
}

/** The text of a reply, or why it cannot be said. */
export type RenderedReply = string | { readonly fault: string };

/** How a dialect writes a reply that is no stream. */
export interface WholeForm {
  readonly contentType: string;
  readonly newId: () => string;
  readonly render: (reply: GatheredReply) => RenderedReply;
}

/** Collects the events and writes the reply at the end; nothing is written of one that did not come whole. */
export const createWholeEncoder = ({ contentType, newId, render }: WholeForm): ReplyEncoder => {
  const choices = new Map<number, GrowingChoice>([[0, newChoice(0)]]);
  let usage: NeutralUsage | undefined;
  let isWhole = false;
  let fault: string | undefined;
  const choiceOf = (choice: number): GrowingChoice => {
    const found = choices.get(choice) ?? newChoice(choice);
    choices.set(choice, found);
    return found;
  };
  const take = (event: NeutralEvent): void => {
    if (event.kind === "usage") usage = event.usage;
    else if (event.kind === "end") isWhole = true;
    else grow(choiceOf(event.choice), event, newId);
  };
  return {
    contentType,
    encode: (events) => {
      for (const event of events) if (!isWhole) take(event);
      return "";
    },
    end: () => {
      if (!isWhole) return "";
      const [first, ...others] = [...choices.values()].sort((one, other) => one.choice - other.choice).map(finished);
      if (first === undefined) return "";
      const rendered = render({ choices: [first, ...others], usage });
      if (typeof rendered === "string") return rendered;
      fault = rendered.fault;
      return "";
    },
    fault: () => fault,
  };
};

interface GrowingChoice {
  readonly choice: number;
  readonly text: string[];
  readonly thinking: string[];
  readonly calls: Map<number, { readonly id: string; readonly name: string; readonly argumentsText: string[] }>;
  readonly logprobs: NeutralLogprob[];
  reason: FinishReason | undefined;
  stopSequence: string | undefined;
}

const newChoice = (choice: number): GrowingChoice => ({
  choice,
  text: [],
  thinking: [],
  calls: new Map(),
  logprobs: [],
  reason: undefined,
  stopSequence: undefined,
});

const grow = (grown: GrowingChoice, event: Extract<NeutralEvent, { choice: number }>, newId: () => string): void => {
  switch (event.kind) {
    case "text":
      grown.text.push(event.text);
      grown.logprobs.push(...(event.logprobs ?? []));
      return;
    case "thinking":
      grown.thinking.push(event.text);
      return;
    case "tool-call":
      grown.calls.set(event.index, { id: event.id || `call_${newId()}`, name: event.name, argumentsText: [] });
      return;
    case "tool-arguments":
      grown.calls.get(event.index)?.argumentsText.push(event.text);
      return;
    case "finish":
      grown.reason = event.reason;
      grown.stopSequence = event.stopSequence;
  }
};

const finished = (grown: GrowingChoice): GatheredChoice => ({
  choice: grown.choice,
  text: grown.text.join(""),
  thinking: grown.thinking.join(""),
  calls: [...grown.calls.values()].map((call) => ({ ...call, argumentsText: call.argumentsText.join("") })),
  logprobs: grown.logprobs,
  reason: grown.reason,
  stopSequence: grown.stopSequence,
});
