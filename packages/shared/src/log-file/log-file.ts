import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { followLog } from "./follow-log.ts";
import { makeFolder } from "./make-folder.ts";
import { olderFiles, setAside } from "./older-files.ts";
import { type LogQuestion, readLog } from "./read-log.ts";

export { followLog, type LogQuestion, makeFolder, readLog };

/** A log file that turns over at UTC midnight, and when it gets too large. Writing never throws: what cannot be written is dropped and counted. */
export interface LogFile {
  /** Takes one line with its line end; it reaches the disk within 250 ms. */
  write(line: string): void;
  /** Writes everything taken so far, before it returns. */
  flush(): void;
  /** Flushes and stops the timer; lines written afterwards are dropped. Called by itself when the process exits. */
  close(): void;
}

/** What a log file needs from outside. */
export interface LogFileDependencies {
  /**
   * Folder of the file; made with mode 0700 when it is missing. The one above it must exist: a data folder that was moved
   * away is to come back, not to be replaced.
   */
  readonly directory: string;
  /**
   * File name, for example `herd.jsonl`; what was set aside lies beside it as `herd.jsonl.YYYY-MM-DD`, further files of the
   * same day as `herd.jsonl.YYYY-MM-DD.N`, the highest the newest.
   */
  readonly name: string;
  /** Unix epoch milliseconds. */
  readonly clock: () => number;
  /** Files set aside that are kept. Default 30. */
  readonly keptFiles?: number;
  /** Size from which on the file is set aside, bytes. Default 64 MiB, so that a log and what is kept of it stay below 2 GiB. */
  readonly largest?: number;
  /** Told once when writing begins to fail. Default: one line on stderr. */
  readonly onTrouble?: (sentence: string) => void;
}

const FLUSH_AFTER_MS = 250;
const FLUSH_AT_CHARACTERS = 32 * 1024;
const LARGEST = 64 * 1024 * 1024;

/** Opens a log file lazily: nothing is touched on disk before the first flush. */
export function createLogFile(dependencies: LogFileDependencies): LogFile {
  const append = createAppender(dependencies);
  let waiting: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = [];
    characters = 0;
    if (lines.length > 0) append(lines);
  };
  const write = (line: string): void => {
    if (isClosed) return;
    waiting.push(line);
    characters += line.length;
    if (characters >= FLUSH_AT_CHARACTERS) flush();
    else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };
  const close = (): void => {
    flush();
    isClosed = true;
    process.off("exit", close);
  };
  process.once("exit", close);
  return { write, flush, close };
}

type Appender = (lines: readonly string[]) => void;

function createAppender({
  directory,
  name,
  clock,
  keptFiles = 30,
  largest = LARGEST,
  onTrouble = toStderr,
}: LogFileDependencies): Appender {
  const path = join(directory, name);
  const day = () => new Date(clock()).toISOString().slice(0, 10);
  let dayOfFile: string | undefined;
  let isTorn = false;
  let lostLines = 0;

  const turnOver = (): void => {
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
    dayOfFile ??= dayOfLastWrite(path) ?? day();
    if (dayOfFile === day() && sizeOf(path) < largest) return;
    setAside(directory, name, dayOfFile);
    dayOfFile = day();
    for (const old of olderFiles(directory, name).slice(keptFiles)) rmSync(join(directory, old), { force: true });
  };
  const put = (text: string): void => {
    const bytes = Buffer.from(isTorn ? `\n${text}` : text);
    const written = appendBytes(path, bytes);
    if (written.count > 0) isTorn = bytes[written.count - 1] !== 0x0a;
    if (written.error !== undefined) throw written.error;
  };
  return (lines) => {
    try {
      turnOver();
      put((lostLines > 0 ? lossLine(lostLines, clock()) : "") + lines.join(""));
      lostLines = 0;
    } catch (error) {
      if (lostLines === 0) onTrouble(`The log ${path} cannot be written, lines are dropped: ${reason(error)}`);
      lostLines += lines.length;
    }
  };
}

/** Opened anew for each batch, so that a file or folder that someone removed comes back by itself. */
function appendBytes(path: string, bytes: Uint8Array): { readonly count: number; readonly error?: unknown } {
  let count = 0;
  const file = openSync(path, "a", 0o600);
  try {
    while (count < bytes.length) count += writeSync(file, bytes, count);
    return { count };
  } catch (error) {
    return { count, error };
  } finally {
    closeSync(file);
  }
}

function dayOfLastWrite(path: string): string | undefined {
  return existsSync(path) ? statSync(path).mtime.toISOString().slice(0, 10) : undefined;
}

/** Bytes; 0 when it is not there. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function lossLine(count: number, now: number): string {
  const ts = new Date(now).toISOString();
  return `{"ts": "${ts}", "level": "WARNING", "logger": "log", "msg": "${count} log lines were lost because the file could not be written"}\n`;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function toStderr(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
