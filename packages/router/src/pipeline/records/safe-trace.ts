import { quotableOf, redactSecrets, withoutEcho } from "@herd/shared";
import type { Outcome } from "../../domain/outcome.ts";
import type { TraceInput } from "../../traces/trace-input.ts";
import { withoutWordsOf } from "./safe-trace-words.ts";

/** Bytes of a body, at its beginning and at its end, that messages are compared with: it is done on the thread that relays. */
const COMPARED = 32 * 1024;
/** What stays of a message, characters: it is told in a line. */
const LONGEST = 600;

/**
 * A trace that may be stored and logged: its messages quote nothing of the request's body, hold nothing that looks like a
 * key, and its path has no query. Good ends have no message and cost nothing.
 */
export function safeTrace(trace: TraceInput, body: Uint8Array): TraceInput {
  const { outcome, attempts, endpoint } = trace;
  const isTelling = "detail" in outcome || attempts.some(({ errorMessage }) => errorMessage !== undefined);
  const at = endpoint.indexOf("?");
  const path = at < 0 ? endpoint : endpoint.slice(0, at);
  if (!isTelling) return at < 0 ? trace : { ...trace, endpoint: path };
  const kept = [trace.requestedModel, trace.servedModel, trace.nodeId];
  const shown = messageOf(body, { kept, isOfServer: attempts.length > 0 });
  return {
    ...trace,
    endpoint: path,
    outcome: outcomeWith(outcome, shown),
    attempts: attempts.map((one) =>
      one.errorMessage === undefined ? one : { ...one, errorMessage: shown(one.errorMessage) },
    ),
  };
}

const outcomeWith = (outcome: Outcome, shown: (message: string) => string): Outcome =>
  "detail" in outcome ? { ...outcome, detail: shown(outcome.detail) } : outcome;

interface Wording {
  readonly kept: readonly string[];
  /** A server may have had its say: what it quotes may be split, cut or written in another way. */
  readonly isOfServer: boolean;
}

/** What is kept of a message about a request with this body. */
function messageOf(body: Uint8Array, { kept, isOfServer }: Wording): (message: string) => string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const isWhole = bytes.length <= 2 * COMPARED;
  const source = isWhole
    ? bytes.toString("utf8")
    : `${bytes.toString("utf8", 0, COMPARED)}\n${bytes.toString("utf8", bytes.length - COMPARED)}`;
  const quotable = quotableOf(source);
  const asked = isWhole ? `${source}\n${quotable.plain}`.toLowerCase() : undefined;
  const shown = (message: string): string => {
    const [head, status = "", said = ""] =
      /^(HTTP \d{3}: )?(.*)$/s.exec(redactSecrets(message.slice(0, LONGEST))) ?? [];
    if (!isOfServer || head === undefined) return redactSecrets(withoutEcho(message, quotable, kept));
    return status + withoutWordsOf(withoutEcho(said, quotable, kept), asked, kept);
  };
  return remembering(shown);
}

/** Attempts and their end mostly tell the same: it is looked through once. */
function remembering(shown: (message: string) => string): (message: string) => string {
  const known = new Map<string, string>();
  return (message) => {
    let text = known.get(message);
    if (text === undefined) {
      text = shown(message);
      known.set(message, text);
    }
    return text;
  };
}
