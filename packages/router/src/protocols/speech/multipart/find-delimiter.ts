/** Where in a part to look for its end. */
export interface DelimiterSearch {
  readonly bytes: Buffer;
  /** Line end, two hyphens and the boundary. */
  readonly delimiter: Buffer;
  /** Length of the line end in it. */
  readonly newlineLength: number;
  /** The bytes begin the part: its end may stand there without a line end before it. */
  readonly isStart: boolean;
  /** Nothing comes after the bytes. */
  readonly isEnd: boolean;
}

/** `data` bytes belong to the part for sure. `isFound`: the delimiter follows them. Else what comes after them is not known yet. */
export interface DelimiterPlace {
  readonly data: number;
  readonly isFound: boolean;
}

type Match = "match" | "none" | "unknown";

/** Looks for the end of a part as Go's `mime/multipart` does: what follows the boundary decides whether it is one. */
export function findDelimiter(search: DelimiterSearch): DelimiterPlace {
  const { bytes, delimiter, newlineLength, isStart, isEnd } = search;
  let from = 0;
  if (isStart) {
    const match = matchBare(bytes, delimiter.subarray(newlineLength), isEnd);
    if (match !== "none") return { data: 0, isFound: match === "match" };
  }
  for (;;) {
    const at = bytes.indexOf(delimiter, from);
    if (at < 0) return { data: bytes.length - openTail(bytes, delimiter), isFound: false };
    const match = matchAfter(bytes, at + delimiter.length, isEnd);
    if (match !== "none") return { data: at, isFound: match === "match" };
    from = at + delimiter.length;
  }
}

function matchBare(bytes: Buffer, dashBoundary: Buffer, isEnd: boolean): Match {
  if (bytes.length < dashBoundary.length) return dashBoundary.indexOf(bytes) === 0 ? "unknown" : "none";
  return dashBoundary.compare(bytes, 0, dashBoundary.length) === 0
    ? matchAfter(bytes, dashBoundary.length, isEnd)
    : "none";
}

const HYPHEN = 0x2d;
const ENDS = new Set([0x20, 0x09, 0x0d, 0x0a]);

function matchAfter(bytes: Buffer, at: number, isEnd: boolean): Match {
  const next = bytes[at];
  if (next === undefined) return isEnd ? "match" : "unknown";
  if (ENDS.has(next)) return "match";
  if (next !== HYPHEN) return "none";
  const second = bytes[at + 1];
  if (second === undefined) return isEnd ? "none" : "unknown";
  return second === HYPHEN ? "match" : "none";
}

/** Length of the longest end of the bytes that may be the beginning of the delimiter. */
function openTail(bytes: Buffer, delimiter: Buffer): number {
  for (let length = Math.min(bytes.length, delimiter.length - 1); length > 0; length -= 1) {
    if (bytes.compare(delimiter, 0, length, bytes.length - length) === 0) return length;
  }
  return 0;
}
