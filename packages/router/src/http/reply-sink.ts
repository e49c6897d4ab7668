import type { ServerResponse } from "node:http";
import type { ReplySink } from "../domain/reply.ts";

/**
 * The client's side of a relay over a raw HTTP response. A client that takes nothing of what waits for it for `clientStallMs`
 * (at most twice as long) is cut off; one that takes little by little never is, however long it needs.
 */
export class HttpReplySink implements ReplySink {
  readonly #raw: ServerResponse;
  readonly #clientStallMs: number;
  #isWatched = false;

  constructor(raw: ServerResponse, clientStallMs: number) {
    this.#raw = raw;
    this.#clientStallMs = clientStallMs;
  }

  begin({ status, headers }: { readonly status: number; readonly headers: readonly string[] }): void {
    this.#raw.writeHead(status, headers as string[]);
  }

  write(chunk: Uint8Array): boolean {
    const keepsUp = this.#raw.destroyed || this.#raw.write(chunk);
    if (!keepsUp) this.#watch();
    return keepsUp;
  }

  onDrain(resume: () => void): void {
    this.#raw.once("drain", resume);
  }

  end(): void {
    this.#raw.end();
  }

  destroy(): void {
    this.#raw.destroy();
  }

  /** The socket's own timeout counts from the last byte that the network took, also inside one long chunk. It outlives `end`. */
  #watch(): void {
    this.#raw.setTimeout(this.#clientStallMs);
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#raw.on("timeout", () => this.#raw.destroy());
    this.#raw.on("drain", () => this.#raw.setTimeout(0));
  }
}
