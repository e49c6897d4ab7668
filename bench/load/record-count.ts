const NEWLINE = 0x0a;
const LINE_BREAK = "\r\n";
const HEAD_END = "\r\n\r\n";

/** Stands once in every piece of output of the bench's backend, and nowhere else, in whatever dialect it is told. */
export const MARK = "~";
const MARK_BYTE = MARK.charCodeAt(0);

/** Enough for the text with which an answer ends. */
const TAIL_BYTES = 512;

/** Counts the pieces of output in one streamed HTTP answer in the chunked encoding, and sees its end. */
export class RecordCount {
  /** Bytes of a head or of a chunk's size that are not whole yet, in Latin-1. */
  #rest = "";
  #isInBody = false;
  /** Bytes of the current chunk that are still to come, with the line break behind them. */
  #left = 0;
  #records = 0;
  #tail: Buffer = Buffer.alloc(0);
  #isOk = false;
  #isEnded = false;

  /** Takes bytes as they came; true when some of them belong to the body. */
  take(bytes: Buffer): boolean {
    const body = this.#isInBody ? bytes : this.#takeHead(bytes);
    for (let at = 0; at < body.length && !this.#isEnded; ) {
      at = this.#left > 0 ? this.#takeContent(body, at) : this.#takeSize(body, at);
    }
    return body.length > 0;
  }

  /** Pieces of output so far. */
  get records(): number {
    return this.#records;
  }

  /** The last bytes of the body. */
  get tail(): string {
    return this.#tail.toString("latin1");
  }

  /** The status is 200. */
  get isOk(): boolean {
    return this.#isOk;
  }

  /** The last chunk has come. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** What follows the head. */
  #takeHead(bytes: Buffer): Buffer {
    const known = this.#rest.length;
    this.#rest += bytes.toString("latin1");
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) return bytes.subarray(bytes.length);
    this.#isInBody = true;
    this.#isOk = this.#rest.startsWith("HTTP/1.1 200") && /transfer-encoding: chunked/i.test(this.#rest);
    this.#rest = "";
    return bytes.subarray(end + HEAD_END.length - known);
  }

  /** Content of a chunk and the line break behind it; returns where it ends. */
  #takeContent(body: Buffer, at: number): number {
    const end = Math.min(body.length, at + this.#left);
    const contentEnd = Math.max(at, at + this.#left - LINE_BREAK.length);
    const content = body.subarray(at, Math.min(end, contentEnd));
    for (let mark = content.indexOf(MARK_BYTE); mark !== -1; mark = content.indexOf(MARK_BYTE, mark + 1))
      this.#records += 1;
    this.#keepEnd(content);
    this.#left -= end - at;
    return end;
  }

  #keepEnd(content: Buffer): void {
    const known = content.length < TAIL_BYTES ? Buffer.concat([this.#tail, content]) : content;
    this.#tail = known.subarray(-TAIL_BYTES);
  }

  /** The line with the size of the next chunk; returns where it ends. */
  #takeSize(body: Buffer, at: number): number {
    const end = body.indexOf(NEWLINE, at);
    this.#rest += body.toString("latin1", at, end === -1 ? body.length : end);
    if (end === -1) return body.length;
    const size = Number.parseInt(this.#rest, 16);
    this.#rest = "";
    this.#isEnded = size === 0;
    this.#left = size + LINE_BREAK.length;
    return end + 1;
  }
}
