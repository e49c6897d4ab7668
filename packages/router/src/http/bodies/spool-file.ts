import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { ByteRange } from "../../domain/request.ts";

/** How much is read at a time, bytes. */
const READ_BYTES = 64 * 2 ** 10;
const NAME = /^upload-[\da-f-]{36}$/;

/**
 * A file for one body. It loses its name as soon as it is open, where the system allows that, so that it vanishes with the process
 * however that ends; elsewhere it is deleted when it is closed, or by the next start.
 */
export class SpoolFile {
  readonly #handle: FileHandle;
  readonly #leftName: string | undefined;
  #length = 0;
  #readers = 0;
  #isGivenUp = false;

  private constructor(handle: FileHandle, leftName: string | undefined) {
    this.#handle = handle;
    this.#leftName = leftName;
  }

  /** A new empty file, readable by this user only. */
  static async create(directory: string): Promise<SpoolFile> {
    const path = join(directory, `upload-${randomUUID()}`);
    const handle = await open(path, "wx+", 0o600);
    const leftName = await unlink(path).then(
      () => undefined,
      () => path,
    );
    return new SpoolFile(handle, leftName);
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#length);
      at += bytesWritten;
      this.#length += bytesWritten;
    }
  }

  /** Reads one range. Reading goes on to its end also when the file is given up meanwhile; it may not begin afterwards. */
  async *read({ start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    if (this.#isGivenUp) throw new Error("the body has been given up");
    this.#readers += 1;
    try {
      for (let at = start; at < end; ) {
        const size = Math.min(READ_BYTES, end - at);
        const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(size), 0, size, at);
        if (bytesRead === 0) throw new Error("the body's file is shorter than it was");
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      this.#readers -= 1;
      await this.#closeWhenFree();
    }
  }

  giveUp(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    void this.#closeWhenFree();
  }

  async #closeWhenFree(): Promise<void> {
    if (!this.#isGivenUp || this.#readers > 0) return;
    // A file that cannot be closed or deleted is no concern of whoever was served; the next start deletes it.
    await this.#handle.close().catch(() => undefined);
    if (this.#leftName !== undefined) await unlink(this.#leftName).catch(() => undefined);
  }
}

/** Makes the folder for bodies, and deletes what an earlier run left there. */
export function prepareSpoolFolder(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(directory)) if (NAME.test(name)) rmSync(join(directory, name), { force: true });
}
