/**
 * Reads a form as it passes by, in any chunks, and remembers of it only what it is asked for: the first value of some fields
 * with their place in the body, and the size of the first file of each name. Everything a client can make long is bounded.
 * What is a part, and what is said to a body that is no form, is as with Go's `mime/multipart`, on which Ollama stands.
 */
import type { ByteRange } from "../../../domain/request.ts";
import { goQuote } from "../../json/go-quote.ts";
import { findDelimiter } from "./find-delimiter.ts";
import { type PartHead, readPartHead } from "./part-headers.ts";

/** One value of a form. */
export interface FormField {
  /** At most the first 64 KiB. */
  readonly text: string;
  readonly range: ByteRange;
}

/** A form that came whole. */
export interface Form {
  readonly problem: undefined;
  /** Bytes of the whole body. */
  readonly length: number;
  readonly fields: ReadonlyMap<string, FormField>;
  /** Bytes of the first file by name of its field. */
  readonly files: ReadonlyMap<string, number>;
}

/** What Go says to a body that is no whole form. */
export interface FormProblem {
  readonly problem: string;
}

/** Go's bounds: of a line between parts, of parts, of all values together (bytes); the head's is ours, Go's are 10 MB. */
const LONGEST_LINE = 4_096;
const MOST_PARTS = 1_000;
const MOST_VALUE_BYTES = 35 * 2 ** 20;
const LONGEST_HEAD = 64 * 2 ** 10;
/** Bytes kept of one value. */
const LONGEST_KEPT = 64 * 2 ** 10;

const TOO_LARGE = "multipart: message too large";
const LINE_END = 0x0a;

type State = "line" | "head" | "part" | "over";

interface OpenPart extends PartHead {
  readonly start: number;
  size: number;
  readonly kept: Buffer[];
}

/** Scans one form. */
export class FormScanner {
  readonly #wanted: ReadonlySet<string>;
  readonly #fields = new Map<string, FormField>();
  readonly #files = new Map<string, number>();
  #delimiter: Buffer;
  #newlineLength = 2;
  #length = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** Offset of the rest in the body. */
  #at = 0;
  #state: State = "line";
  #problem: string | undefined;
  #head: string[] = [];
  #headBytes = 0;
  #part: OpenPart | undefined;
  #parts = 0;
  #valueBytes = 0;
  /** The line end after a part has been passed: only a boundary may follow. */
  #expectsBoundary = false;

  constructor(boundary: string, wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
    if (boundary === "") this.#fail("multipart: boundary is empty");
  }

  observe(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#state === "over") return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#step(false));
  }

  /** To be called once, after the body's last byte. */
  end(): Form | FormProblem {
    while (this.#step(true));
    if (this.#problem !== undefined) return { problem: this.#problem };
    return { problem: undefined, length: this.#length, fields: this.#fields, files: this.#files };
  }

  /** Takes one piece off the rest; false when more bytes are needed, or none. */
  #step(isEnd: boolean): boolean {
    switch (this.#state) {
      case "line":
        return this.#takeLine(isEnd);
      case "head":
        return this.#takeHeadLine(isEnd);
      case "part":
        return this.#takePart(isEnd);
      case "over":
        return false;
    }
  }

  #takeLine(isEnd: boolean): boolean {
    const end = this.#rest.indexOf(LINE_END);
    const length = end < 0 ? this.#rest.length : end + 1;
    if (length > LONGEST_LINE || (end < 0 && length === LONGEST_LINE)) {
      return this.#fail("multipart: NextPart: bufio: buffer full");
    }
    if (end >= 0) return this.#judgeLine(this.#take(length).toString("latin1"));
    if (!isEnd) return false;
    return this.#isLastBoundary(this.#rest.toString("latin1"))
      ? this.#finish()
      : this.#fail("multipart: NextPart: EOF");
  }

  #judgeLine(line: string): boolean {
    if (this.#isBoundary(line)) {
      this.#parts += 1;
      this.#state = "head";
    } else if (this.#isLastBoundary(line)) this.#finish();
    else if (this.#expectsBoundary) this.#fail(`multipart: expecting a new Part; got line ${quoted(line)}`);
    else if (this.#parts > 0) {
      this.#expectsBoundary = line === this.#newline();
      if (!this.#expectsBoundary) this.#fail(`multipart: unexpected line in Next(): ${quoted(line)}`);
    }
    return true;
  }

  /** The first boundary decides whether lines end as they should or, as some clients write them, with a bare line feed. */
  #isBoundary(line: string): boolean {
    const boundary = this.#dashBoundary();
    if (!line.startsWith(boundary)) return false;
    const after = line.slice(boundary.length).replace(/^[ \t]+/, "");
    if (this.#parts === 0 && after === "\n" && this.#newlineLength === 2) {
      this.#newlineLength = 1;
      this.#delimiter = this.#delimiter.subarray(1);
    }
    return after === this.#newline();
  }

  #isLastBoundary(line: string): boolean {
    const boundary = `${this.#dashBoundary()}--`;
    if (!line.startsWith(boundary)) return false;
    const after = line.slice(boundary.length).replace(/^[ \t]+/, "");
    return after === "" || after === this.#newline();
  }

  #takeHeadLine(isEnd: boolean): boolean {
    const end = this.#rest.indexOf(LINE_END);
    const length = end < 0 ? this.#rest.length : end + 1;
    if (this.#headBytes + length > LONGEST_HEAD) return this.#fail(TOO_LARGE);
    if (end < 0 && !isEnd) return false;
    const line = this.#take(length)
      .toString()
      .replace(/\r?\n$/, "");
    this.#headBytes += length;
    if (line !== "") this.#head.push(line);
    // A form that ends inside a head is taken for one that ended before it.
    if (end >= 0 && line !== "") return true;
    return this.#openPart(end < 0);
  }

  #openPart(isEnd: boolean): boolean {
    const head = readPartHead(this.#head);
    this.#head = [];
    this.#headBytes = 0;
    if ("problem" in head) return this.#fail(head.problem);
    if (isEnd) return this.#finish();
    if (this.#parts > MOST_PARTS) return this.#fail(TOO_LARGE);
    this.#part = { ...head, start: this.#at, size: 0, kept: [] };
    this.#state = "part";
    return true;
  }

  #takePart(isEnd: boolean): boolean {
    const part = this.#part;
    if (part === undefined) return this.#fail("unexpected EOF");
    const { data, isFound } = findDelimiter({
      bytes: this.#rest,
      delimiter: this.#delimiter,
      newlineLength: this.#newlineLength,
      isStart: part.size === 0,
      isEnd,
    });
    this.#keep(part, this.#take(data));
    if (this.#valueBytes > MOST_VALUE_BYTES) return this.#fail(TOO_LARGE);
    if (isFound) return this.#closePart(part);
    // The rest of a part without a name is passed over before its end is missed.
    return isEnd ? this.#fail(part.name === "" ? "multipart: NextPart: EOF" : "unexpected EOF") : false;
  }

  #keep(part: OpenPart, bytes: Buffer): void {
    const isWanted = part.filename === "" && this.#wanted.has(part.name) && !this.#fields.has(part.name);
    if (isWanted && part.size < LONGEST_KEPT) part.kept.push(Buffer.from(bytes.subarray(0, LONGEST_KEPT - part.size)));
    if (part.filename === "" && part.name !== "") this.#valueBytes += bytes.length;
    part.size += bytes.length;
  }

  #closePart({ name, filename, start, size, kept }: OpenPart): boolean {
    if (filename !== "" && this.#wanted.has(name) && !this.#files.has(name)) this.#files.set(name, size);
    if (filename === "" && this.#wanted.has(name) && !this.#fields.has(name)) {
      this.#fields.set(name, { text: Buffer.concat(kept).toString(), range: { start, end: start + size } });
    }
    this.#part = undefined;
    this.#expectsBoundary = false;
    this.#state = "line";
    return true;
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#at += length;
    return taken;
  }

  #newline(): string {
    return this.#newlineLength === 2 ? "\r\n" : "\n";
  }

  #dashBoundary(): string {
    return this.#delimiter.subarray(this.#newlineLength).toString("latin1");
  }

  #finish(): false {
    this.#state = "over";
    this.#rest = Buffer.alloc(0);
    return false;
  }

  #fail(problem: string): false {
    this.#problem = problem;
    return this.#finish();
  }
}

/** A line whose characters are its bytes. */
const quoted = (line: string): string => goQuote(Buffer.from(line, "latin1").toString());
