import type { ReplyTapReading } from "../../domain/reply.ts";
import type { RelayParts } from "./relay-parts.ts";

/** How a begun reply broke. */
export interface BrokenReply {
  readonly reading: ReplyTapReading;
  readonly detail: string;
  /** The client waits for a length that will not come. */
  readonly isFramedByLength: boolean;
}

/**
 * A begun reply cannot be finished: says so in its own grammar, or cuts it where only a cut is honest. Where the node told
 * the error inside the stream the client has it already; an OpenAI stream of Ollama tells it as an empty chunk and stops.
 */
export function endBroken(
  { sink, translator, failureRecord }: Pick<RelayParts, "sink" | "translator" | "failureRecord">,
  { reading, detail, isFramedByLength }: BrokenReply,
): void {
  if (reading.errorText !== undefined && reading.isErrorVisible) {
    sink.end();
    return;
  }
  const told = { ...reading, nextSequence: translator?.nextSequence?.() ?? reading.nextSequence };
  const record = isFramedByLength ? undefined : failureRecord(told, detail);
  if (record === undefined) {
    sink.destroy();
    return;
  }
  sink.write(Buffer.from(record));
  sink.end();
}
