import type { ReplySink } from "../../domain/reply.ts";
import type { PullGuest } from "./pull-guest.ts";
import { PullLayers, type PullProgress, type PullRecord, pullRecordOf } from "./pull-layers.ts";

type Head = Parameters<ReplySink["begin"]>[0];

/** What a shared pull tells of itself. */
export interface SharedPullParts {
  /** Where the reply goes for whom the pull was begun. */
  readonly owner: ReplySink;
  /** It is told record by record. */
  readonly isStream: boolean;
  readonly onProgress: (step: PullProgress & { readonly status?: string }) => void;
  /** The reply has ended. @param last its last record */
  readonly onEnd: (last: PullRecord | undefined) => void;
  /** So many wait for it now. */
  readonly onClients: (count: number) => void;
  /** Who began it has left, and others wait for it still. */
  readonly onHandedOver: () => void;
}

/** Longest record that is understood, bytes; what is longer is only passed on. */
const LONGEST_RECORD = 64 * 1024;
/** Layers and words of which the newest record is kept for who comes later. */
const MOST_TOLD = 512;
const LINE_FEED = 10;

/**
 * The reply of one pull, for everybody who wants that model on that node: who began it gets the node's bytes as they come, all
 * others whole records, first the newest of every layer. It ends with the last of them.
 */
export class SharedPull implements ReplySink {
  readonly #parts: SharedPullParts;
  readonly #guests = new Set<PullGuest>();
  readonly #layers = new PullLayers();
  readonly #told = new Map<string, string>();
  #head: Head | undefined;
  #rest = "";
  #last: { readonly line: string; readonly record: PullRecord } | undefined;
  #resume: () => void = () => undefined;
  #cancel: () => void = () => undefined;
  #hasOwner = true;
  #isOver = false;

  constructor(parts: SharedPullParts) {
    this.#parts = parts;
  }

  /** What ends the work on the node. */
  onLeave(cancel: () => void): void {
    this.#cancel = cancel;
  }

  begin(head: Head): void {
    this.#head = head;
    if (this.#hasOwner) this.#parts.owner.begin(head);
    for (const guest of this.#guests) guest.begin(head);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    const keepsUp = !this.#hasOwner || this.#parts.owner.write(chunk);
    this.#read(chunk);
    // Nobody waits for one who reads slowly.
    return keepsUp || this.#guests.size > 0;
  }

  onDrain(resume: () => void): void {
    this.#resume = resume;
    this.#parts.owner.onDrain(resume);
  }

  end(): void {
    if (this.#isOver) return;
    this.#takeLine(this.#rest);
    if (this.#hasOwner) this.#parts.owner.end();
    this.#endGuests();
    this.#over();
  }

  destroy(): void {
    if (this.#isOver) return;
    if (this.#hasOwner) this.#parts.owner.destroy();
    for (const guest of this.#guests) guest.destroy();
    this.#over();
  }

  /** One more waits for it. */
  join(guest: PullGuest): void {
    this.#guests.add(guest);
    if (this.#head !== undefined) guest.begin(this.#head);
    for (const line of this.#told.values()) guest.tell(line);
    this.#count();
    this.#resume();
  }

  leave(guest: PullGuest): void {
    if (!this.#guests.delete(guest)) return;
    if (!this.#hasOwner && this.#guests.size === 0) this.#cancel();
    else this.#count();
  }

  /** Who began it has gone. */
  leaveOwner(): void {
    this.#hasOwner = false;
    if (this.#guests.size === 0) this.#cancel();
    else {
      this.#parts.onHandedOver();
      this.#count();
      this.#resume();
    }
  }

  #count(): void {
    this.#parts.onClients(this.#guests.size + Number(this.#hasOwner));
  }

  /** It failed before anything could be told: the others are to try for themselves. */
  giveUp(): void {
    for (const guest of this.#guests) guest.again();
    this.#guests.clear();
    this.#over();
  }

  /** Ends it for all, who are told why. */
  stop(why: string): void {
    if (this.#isOver) return;
    const line = `${JSON.stringify({ error: why })}\n`;
    const [status, type] = this.#parts.isStream ? [200, "application/x-ndjson"] : [500, "application/json"];
    if (this.#head === undefined) this.begin({ status, headers: ["Content-Type", type] });
    if (this.#hasOwner) this.#parts.owner.write(Buffer.from(`${this.#rest === "" ? "" : "\n"}${line}`));
    this.#rest = "";
    this.#takeLine(line);
    this.end();
    this.#cancel();
  }

  #endGuests(): void {
    for (const guest of this.#guests) guest.end(this.#last?.line, this.#last?.record);
    this.#guests.clear();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.onEnd(this.#last?.record);
  }

  #read(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(LINE_FEED);
    // Bytes of one sign may come in two chunks, but never around a line feed.
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    const lines = end === -1 ? [] : (this.#rest + text.slice(0, end)).split("\n");
    this.#rest = end === -1 ? (this.#rest + text).slice(0, LONGEST_RECORD) : text.slice(end + 1);
    for (const line of lines) this.#takeLine(line);
  }

  /** @param bytes a record without its end, one character per byte */
  #takeLine(bytes: string): void {
    if (bytes.trim() === "") return;
    const line = `${Buffer.from(bytes, "latin1").toString("utf8").trimEnd()}\n`;
    const record = pullRecordOf(line);
    if (record === undefined) return;
    this.#last = { line, record };
    const layer = record.digest ?? record.status ?? "";
    if (this.#told.has(layer) || this.#told.size < MOST_TOLD) this.#told.set(layer, line);
    const { status } = record;
    this.#parts.onProgress({ ...this.#layers.with(record), ...(status === undefined ? {} : { status }) });
    for (const guest of this.#guests) guest.tell(line);
  }
}
