import { join } from "node:path";
import { olderFiles } from "./older-files.ts";
import { type LogQuestion, lineTest, openOrNothing, readLog } from "./read-log.ts";

const LOOK_EVERY_MS = 300;
/** Most that is read at one look, bytes; a log that grows faster loses lines for its readers, not for itself. */
const MOST_READ = 4 * 1024 * 1024;

/** What following a log needs beyond the question. */
export interface Following {
  /** So many of the newest lines come first. Default: none. */
  readonly lines?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Takes the lines as they are written; resolves when more may come. */
  readonly take: (entry: Readonly<Record<string, unknown>>) => Promise<void> | void;
}

/** Gives the newest lines to `take`, then every one that is written from now on, over midnight, too. Resolves when it is ended. */
export async function followLog(question: LogQuestion, { signal, take, lines = 0 }: Following): Promise<void> {
  const wants = lineTest(question);
  let place = await endOf(question);
  const tail = lines > 0 ? await readLog(question, lines, place?.offset) : undefined;
  for (const entry of tail?.lines ?? []) await take(entry);
  while (!signal.aborted) {
    const news = await newsOf(question, place);
    place = news.place;
    const entries = news.text.split("\n").map((line) => (line === "" ? undefined : wants(line)));
    for (const entry of entries) if (typeof entry === "object" && !signal.aborted) await take(entry);
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** How far which file was read. */
interface Place {
  readonly inode: bigint;
  readonly offset: number;
}

interface News {
  /** Whole lines. */
  readonly text: string;
  readonly place: Place | undefined;
}

const endOf = async ({ directory, name }: LogQuestion): Promise<Place | undefined> =>
  (await readFrom(join(directory, name), (_inode, size) => size))?.place;

/** What was written since: the rest of a file that was set aside meanwhile, and the one that took its place. */
async function newsOf({ directory, name }: LogQuestion, before: Place | undefined): Promise<News> {
  const path = join(directory, name);
  const isSame = (inode: bigint, size: number): boolean => before?.inode === inode && before.offset <= size;
  const now = await readFrom(path, (inode, size) => (isSame(inode, size) ? (before?.offset ?? 0) : 0));
  // Between two files, or none yet: the next look finds it.
  if (now === undefined) return { text: "", place: before };
  if (before === undefined || now.place?.inode === before.inode) return now;
  const aside = olderFiles(directory, name)[0];
  const end = (inode: bigint, size: number): number => (isSame(inode, size) ? before.offset : size);
  const rest = aside === undefined ? undefined : await readFrom(join(directory, aside), end);
  return { text: (rest?.text ?? "") + now.text, place: now.place };
}

/** The whole lines of a file from an offset on; undefined when it cannot be read. */
async function readFrom(path: string, offsetIn: (inode: bigint, size: number) => number): Promise<News | undefined> {
  const file = await openOrNothing(path);
  if (file === undefined) return undefined;
  try {
    const { ino: inode, size: bytes } = await file.stat({ bigint: true });
    const size = Number(bytes);
    const from = Math.max(offsetIn(inode, size), size - MOST_READ);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    return { text: buffer.toString("utf8", 0, whole), place: { inode, offset: from + whole } };
  } finally {
    await file.close();
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
