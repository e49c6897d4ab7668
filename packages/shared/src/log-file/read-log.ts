import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { type LogLevel, logLevels } from "../log/log-line.ts";
import { olderFiles } from "./older-files.ts";

/** Which lines of a log are wanted. */
export interface LogQuestion {
  readonly directory: string;
  /** File name, for example `herd.jsonl`. */
  readonly name: string;
  /** Least grave level. Default: all. */
  readonly level?: LogLevel | undefined;
  readonly requestId?: string | undefined;
  readonly nodeId?: string | undefined;
  /** Only later ones, Unix epoch ms. */
  readonly since?: number | undefined;
}

/** The lines that were found, oldest first. */
export interface LogTail {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Not everything could be looked through: older lines may be missing. */
  readonly isCut: boolean;
}

const CHUNK = 64 * 1024;
/** Most that is read for one question, bytes. One request is looked for in more: its lines may be days old. */
const MOST_READ = 8 * 1024 * 1024;
const MOST_READ_FOR_REQUEST = 256 * 1024 * 1024;
const LONGEST_LINE = 1024 * 1024;

/**
 * The newest lines that fit, from the end of the log backwards; older files are read as long as lines are missing.
 * @param endAt what stands behind this byte of the newest file is not read
 */
export async function readLog(question: LogQuestion, lines: number, endAt?: number): Promise<LogTail> {
  if (lines < 1) return { lines: [], isCut: false };
  const wants = lineTest(question);
  const found: Readonly<Record<string, unknown>>[] = [];
  let left = question.requestId === undefined ? MOST_READ : MOST_READ_FOR_REQUEST;
  for (const [at, path] of filesOf(question).entries()) {
    const part = { path, most: left, endAt: at === 0 ? endAt : undefined };
    const end = await readBackwards(part, (line) => {
      const verdict = wants(line);
      if (verdict === "too-old") return false;
      if (verdict !== undefined) found.push(verdict);
      return found.length < lines;
    });
    left -= end.read;
    if (end.isStopped) return { lines: found.reverse(), isCut: false };
    if (left <= 0) return { lines: found.reverse(), isCut: true };
  }
  return { lines: found.reverse(), isCut: false };
}

function filesOf({ directory, name }: LogQuestion): readonly string[] {
  try {
    return [name, ...olderFiles(directory, name)].map((file) => join(directory, file));
  } catch {
    // No folder, no log: as good as an empty one.
    return [];
  }
}

/** What a line is worth: an object when it is wanted, `too-old` when none before it is either. */
export type LineVerdict = Readonly<Record<string, unknown>> | "too-old" | undefined;

/** Judges lines; most are told apart without being parsed. */
export function lineTest({ level, requestId, nodeId, since = 0 }: LogQuestion): (line: string) => LineVerdict {
  const least = level === undefined ? 0 : logLevels.indexOf(level);
  const sign = requestId === undefined ? "" : JSON.stringify(requestId);
  const isWanted = (entry: Readonly<Record<string, unknown>>): boolean =>
    logLevels.indexOf(entry["level"] as LogLevel) >= least &&
    (requestId === undefined || entry["request_id"] === requestId) &&
    (nodeId === undefined || entry["node_id"] === nodeId);
  return (line) => {
    const entry = line.includes(sign) ? entryOf(line) : undefined;
    if (entry === undefined) return undefined;
    if (Date.parse(String(entry["ts"])) < since) return "too-old";
    return isWanted(entry) ? entry : undefined;
  };
}

function entryOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null && !Array.isArray(entry) ? { ...entry } : undefined;
  } catch {
    // A line that a crash has torn says nothing.
    return undefined;
  }
}

interface ReadEnd {
  readonly read: number;
  /** Whoever took the lines has enough. */
  readonly isStopped: boolean;
}

/** What is read of one file. */
interface FilePart {
  readonly path: string;
  /** Bytes. */
  readonly most: number;
  readonly endAt: number | undefined;
}

/** Gives the lines of a file to `take`, last line first, until it has enough. */
async function readBackwards(part: FilePart, take: (line: string) => boolean): Promise<ReadEnd> {
  const file = await openOrNothing(part.path);
  let read = 0;
  if (file === undefined) return { read, isStopped: false };
  try {
    for await (const { lines, bytes } of piecesBackwards(file, part)) {
      read += bytes;
      if (!lines.every(take)) return { read, isStopped: true };
    }
    return { read, isStopped: false };
  } finally {
    await file.close();
  }
}

interface Piece {
  /** Whole lines, last line first. */
  readonly lines: readonly string[];
  /** Read for it. */
  readonly bytes: number;
}

/** A file from its end to its beginning, or as much of it as may be read. */
async function* piecesBackwards(file: FileHandle, { most, endAt = Infinity }: FilePart): AsyncGenerator<Piece> {
  let place = Math.min((await file.stat()).size, endAt);
  let rest: Buffer = Buffer.alloc(0);
  for (let read = 0; place > 0 && read < most; ) {
    const length = Math.min(CHUNK, place);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, place - length);
    place -= length;
    read += length;
    const bytes = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
    // The first line may begin before this piece.
    const first = place === 0 ? 0 : bytes.indexOf(0x0a) + 1;
    const isWithin = place === 0 || first > 0;
    rest = isWithin ? bytes.subarray(0, first) : bytes.subarray(0, LONGEST_LINE);
    yield { lines: isWithin ? linesOf(bytes.subarray(first)).reverse() : [], bytes: length };
  }
}

const linesOf = (bytes: Buffer): string[] =>
  bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");

/** A file to read; undefined where there is none. */
export async function openOrNothing(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch {
    // Set aside or removed meanwhile, or not ours to read: there is nothing to tell of it.
    return undefined;
  }
}
