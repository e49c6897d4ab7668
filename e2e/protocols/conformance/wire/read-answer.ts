import { headerOf, type Pairs, type WireAnswer } from "./message.ts";

/** What the bytes of a connection say so far. */
export interface ReadSoFar extends Omit<WireAnswer, "endedBy"> {
  /** The head has come. */
  readonly hasHead: boolean;
  /** The message is framed to its end. */
  readonly isComplete: boolean;
}

/** Reads one answer from the bytes that a connection has delivered. @param method of the request: HEAD has no body */
export function readAnswer(bytes: Buffer, method: string): ReadSoFar {
  const head = readHead(bytes);
  if (head === undefined) return nothing;
  const { status, headers, rest } = head;
  if (status === 100) return { ...readAnswer(rest, method), isContinued: true };
  const framing = framingOf(headers);
  const known = { status, headers, framing, isContinued: false, hasHead: true } as const;
  if (method === "HEAD" || status === 204 || status === 304) return { ...known, chunks: [], isComplete: true };
  if (framing === "chunked") return { ...known, ...readChunks(rest) };
  const length = Number(headerOf(headers, "content-length") ?? Number.POSITIVE_INFINITY);
  return { ...known, chunks: rest.length > 0 ? [rest] : [], isComplete: rest.length >= length };
}

const nothing: ReadSoFar = {
  status: undefined,
  headers: [],
  chunks: [],
  framing: "none",
  isContinued: false,
  hasHead: false,
  isComplete: false,
};

function readHead(bytes: Buffer): { status: number; headers: Pairs; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: Number(first.split(" ")[1]), headers, rest: bytes.subarray(end + 4) };
}

function framingOf(headers: Pairs): WireAnswer["framing"] {
  if (headerOf(headers, "transfer-encoding")?.toLowerCase() === "chunked") return "chunked";
  return headerOf(headers, "content-length") === undefined ? "none" : "length";
}

function readChunks(bytes: Buffer): Pick<ReadSoFar, "chunks" | "isComplete"> {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const lineEnd = rest.indexOf("\r\n");
    if (lineEnd < 0) return { chunks, isComplete: false };
    const size = Number.parseInt(rest.toString("latin1", 0, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (!(rest.length >= end + 2)) return { chunks, isComplete: false };
    if (size === 0) return { chunks, isComplete: true };
    chunks.push(rest.subarray(lineEnd + 2, end));
    rest = rest.subarray(end + 2);
  }
}
