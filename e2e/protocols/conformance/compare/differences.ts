import type { PlainAnswer } from "./plain-answer.ts";

/** One thing in which two answers differ. */
export interface Difference {
  /** `status`, `body`, `framing`, `end`, `pieces`, `continue`, or `header name`. */
  readonly at: string;
  readonly direct: string;
  readonly router: string;
}

/** A stream of so many pieces does not become one by accident. */
const STREAM_PIECES = 4;

/** Everything in which the router's answer differs. */
export function differencesOf(direct: PlainAnswer, router: PlainAnswer): readonly Difference[] {
  const names = new Set([...direct.headers.keys(), ...router.headers.keys()]);
  const headers = [...names].map((name) => pair(`header ${name}`, direct.headers.get(name), router.headers.get(name)));
  const wasHeldBack = direct.pieces >= STREAM_PIECES && router.pieces === 1;
  return [
    pair("status", direct.status, router.status),
    pair("end", direct.endedBy, router.endedBy),
    pair("continue", direct.isContinued, router.isContinued),
    pair("framing", direct.framing, router.framing),
    ...headers,
    bodyPair(direct.body, router.body),
    pair("pieces", wasHeldBack ? direct.pieces : 0, wasHeldBack ? router.pieces : 0),
  ].filter(({ direct: one, router: other }) => one !== other);
}

function pair(at: string, direct: unknown, router: unknown): Difference {
  return { at, direct: textOf(direct), router: textOf(router) };
}

const textOf = (value: unknown): string => (value === undefined ? "none" : String(value));

/** The bodies from a little before the byte in which they begin to differ. */
function bodyPair(direct: string, router: string): Difference {
  if (direct === router) return { at: "body", direct: "", router: "" };
  let at = 0;
  while (at < direct.length && direct[at] === router[at]) at += 1;
  const from = Math.max(0, at - SHOWN_BEFORE);
  const shown = (text: string) => `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}`;
  return { at: `body at byte ${at}`, direct: shown(direct), router: shown(router) };
}

const SHOWN_BEFORE = 40;
const SHOWN = 200;
