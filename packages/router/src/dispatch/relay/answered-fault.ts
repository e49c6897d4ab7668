import type { AttemptResult, HeldAnswer } from "../attempt-result.ts";
import { classifyAnswer } from "../classify-answer.ts";
import { relayedHeaders } from "../upstream-headers.ts";
import type { RelayParts } from "./relay-parts.ts";
import { detailOf } from "./reply-texts.ts";

/** Why an attempt failed before its first byte. */
export interface Fault
  extends Pick<Extract<AttemptResult, { kind: "failed" }>, "failureClass" | "detail" | "isRefused"> {
  /** The node's own answer, where it gave one. */
  readonly answer?: HeldAnswer;
}

/** What an error answer of the node's own means, and how the client is to read it. */
export function answeredFault(
  { status, headers, body }: HeldAnswer,
  toldInDialect: RelayParts["toldInDialect"] = (answer) => answer,
): Fault {
  const text = new TextDecoder().decode(body.subarray(0, 4096));
  const answer = toldInDialect({ status, headers: relayedHeaders(headers), body });
  const failureClass = classifyAnswer({ status, text });
  return { failureClass, detail: detailOf(status, text), isRefused: false, answer };
}
