import { bodyOf, headerOf, type Pairs, type WireAnswer } from "../wire/message.ts";
import { maskBody } from "./mask.ts";

/** An answer without what belongs to one connection, and with everything masked that chance or the clock has made. */
export interface PlainAnswer {
  readonly status: number | undefined;
  /** By names in small letters; without the headers of the connection, the date and the length. */
  readonly headers: ReadonlyMap<string, string>;
  /** `length`: a Content-Length that is true; `wrong length`: one that is not. */
  readonly framing: WireAnswer["framing"] | "wrong length";
  /** One character a byte. */
  readonly body: string;
  readonly endedBy: WireAnswer["endedBy"];
  readonly isContinued: boolean;
  /** Chunks in which it came. */
  readonly pieces: number;
}

/** Headers of one connection (RFC 9110, 7.6.1), and those that the rest of the answer tells. */
const left = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

/** Makes an answer plain. @param secrets texts that are different in every pass */
export function plainAnswer(answer: WireAnswer, secrets: readonly string[] = []): PlainAnswer {
  const { status, headers, endedBy, isContinued, chunks } = answer;
  const masked = maskBody(bodyOf(answer).toString("latin1"));
  const body = secrets.reduce((text, secret) => text.replaceAll(secret, "<mark>"), masked);
  return {
    status,
    headers: keptHeaders(headers),
    framing: framingOf(answer),
    body,
    endedBy,
    isContinued,
    pieces: chunks.length,
  };
}

function keptHeaders(headers: Pairs): ReadonlyMap<string, string> {
  const named = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const kept = named.filter(([name]) => !left.has(name));
  const grouped = Map.groupBy(kept, ([name]) => name);
  return new Map([...grouped].map(([name, all]) => [name, all.map(([, value]) => value).join(", ")]));
}

/** A HEAD, a 204 and a cut answer have a length that their body cannot prove. */
function framingOf(answer: WireAnswer): PlainAnswer["framing"] {
  const { framing, endedBy } = answer;
  const length = bodyOf(answer).length;
  if (framing !== "length" || endedBy !== "complete" || length === 0) return framing;
  return Number(headerOf(answer.headers, "content-length")) === length ? "length" : "wrong length";
}
