/** Replies of Ollama's own `/api/chat` and `/api/generate`. */
import type { FinishReason, NeutralEvent, NeutralUsage, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { createCallSequence, type ReplyStep } from "./call-sequence.ts";
import { createWholeEncoder } from "./gathered-reply.ts";
import {
  doneReasons,
  metricsOf,
  type NativeRoute,
  nativeCall,
  nativeRecord,
  type RecordParts,
  type Said,
} from "./native-record.ts";
import { logprobList, NO_OBJECT } from "./reply-values.ts";

/** A stream of records, one a line. Where nothing was asked, Ollama's answer to a load is no stream. */
export const createNativeStream =
  (route: NativeRoute) =>
  (heading: ReplyHeading): ReplyEncoder => {
    const { messages, prompt } = heading.request;
    return messages.length === 0 && prompt === undefined
      ? createNativeWhole(route)(heading)
      : createRecordStream(route, heading);
  };

/** A reply of one record. Arguments that are no object cannot be said in it. */
export const createNativeWhole =
  (route: NativeRoute) =>
  (heading: ReplyHeading): ReplyEncoder =>
    createWholeEncoder({
      contentType: "application/json; charset=utf-8",
      newId: heading.newId,
      render: ({ choices: [choice], usage }) => {
        const { text, thinking, logprobs, reason } = choice;
        const calls = choice.calls.map(nativeCall);
        if (calls.includes(undefined)) return { fault: NO_OBJECT };
        const said = { text, thinking, calls: calls.flatMap((call) => call ?? []) };
        const closing = { reason: reason && doneReasons[reason], metrics: metricsOf(usage) };
        return nativeRecord(route, heading, { said, closing, logprobs: logprobList(logprobs) });
      },
    });

const createRecordStream = (route: NativeRoute, heading: ReplyHeading): ReplyEncoder => {
  const sequence = createCallSequence(0, heading.newId);
  const stream: Stream = {
    line: ({ said, ...rest }) => `${nativeRecord(route, heading, { ...rest, said: { ...nothing, ...said } })}\n`,
    call: undefined,
    callCount: 0,
    reason: undefined,
    fault: undefined,
  };
  let isEnded = false;
  let usage: NeutralUsage | undefined;
  const steps = (taken: readonly ReplyStep[]): string => taken.map((step) => writeStep(stream, step)).join("");
  const close = (): string => {
    isEnded = true;
    const written = steps(sequence.close());
    if (stream.fault !== undefined) return written;
    const reason = stream.reason && doneReasons[stream.reason];
    return written + stream.line({ closing: { reason, metrics: metricsOf(usage) } });
  };
  const write = (event: NeutralEvent): string => {
    if (isEnded) return "";
    if (event.kind === "end") return close();
    if (event.kind === "usage") usage = event.usage;
    return steps(sequence.take(event));
  };
  return {
    contentType: "application/x-ndjson",
    encode: (events) => events.map(write).join(""),
    end: () => "",
    fault: () => stream.fault,
  };
};

interface Stream {
  readonly line: (parts: Omit<RecordParts, "said"> & { readonly said?: Partial<Said> }) => string;
  call: { readonly id: string; readonly name: string } | undefined;
  callCount: number;
  reason: FinishReason | undefined;
  /** Once it is set nothing more is written. */
  fault: string | undefined;
}

const nothing: Said = { text: "", thinking: "", calls: [] };

const writeStep = (stream: Stream, step: ReplyStep): string => {
  if (stream.fault !== undefined) return "";
  switch (step.kind) {
    case "text":
      return stream.line({ said: { text: step.text }, logprobs: logprobList(step.logprobs) });
    case "thinking":
      return stream.line({ said: { thinking: step.text } });
    case "call":
      stream.call = step;
      return "";
    // A call is one record here, so its arguments are awaited.
    case "arguments":
      return "";
    case "call-end":
      return writeCall(stream, step.argumentsText);
    case "finish":
      stream.reason = step.reason;
      return "";
  }
};

const writeCall = (stream: Stream, argumentsText: string): string => {
  const { id = "", name = "" } = stream.call ?? {};
  const call = nativeCall({ id, name, argumentsText }, stream.callCount);
  stream.callCount += 1;
  if (call !== undefined) return stream.line({ said: { calls: [call] } });
  stream.fault = NO_OBJECT;
  return "";
};
