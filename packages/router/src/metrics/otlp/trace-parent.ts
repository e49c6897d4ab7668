/** Where a request stands in somebody's distributed trace (W3C Trace Context). */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span, 16 hexadecimal digits. */
  readonly spanId: string;
  /** The caller records its part. */
  readonly isSampled: boolean;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;
const SAMPLED = 1;

/** Reads a `traceparent`; undefined where it is malformed. Versions after 00 may have more behind what is known. */
export function readTraceParent(value: string): TraceParent | undefined {
  const [, version = "", traceId = "", spanId = "", flags = "", more] = FORM.exec(value.trim()) ?? [];
  if (traceId === "" || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** The header of a span of our own. */
export const writeTraceParent = ({ traceId, spanId, isSampled }: TraceParent): string =>
  `00-${traceId}-${spanId}-0${isSampled ? SAMPLED : 0}`;

const NAME = "traceparent";
const STATE = "tracestate";

/** What the headers say (name, value, name, value …). Two of them say nothing that could be believed. */
export function traceParentOf(headers: readonly string[]): TraceParent | "absent" | "malformed" {
  let found: string | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (!isNamed(headers[at], NAME)) continue;
    if (found !== undefined) return "malformed";
    found = headers[at + 1] ?? "";
  }
  if (found === undefined) return "absent";
  return readTraceParent(found) ?? "malformed";
}

/** The headers without those of a trace; its state means nothing without its parent. */
export function withoutTrace(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    if (!isNamed(name, NAME) && !isNamed(name, STATE)) kept.push(name, headers[at + 1] ?? "");
  }
  return kept;
}

/** The headers with another parent: order and everything else stay. */
export function withTraceParent(headers: readonly string[], parent: TraceParent): string[] {
  const next = [...headers];
  for (let at = 0; at + 1 < next.length; at += 2) {
    if (!isNamed(next[at], NAME)) continue;
    next[at + 1] = writeTraceParent(parent);
    return next;
  }
  next.push(NAME, writeTraceParent(parent));
  return next;
}

/** The length first: it is asked of every header of every request. */
const isNamed = (name: string | undefined, wanted: string): boolean =>
  name?.length === wanted.length && name.toLowerCase() === wanted;
