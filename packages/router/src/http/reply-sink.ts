import type { ServerResponse } from "node:http";
import type { ReplySink } from "../domain/reply.ts";

/** The client's side of a relay over a raw HTTP response. */
export class HttpReplySink implements ReplySink {
  readonly #raw: ServerResponse;

  constructor(raw: ServerResponse) {
    this.#raw = raw;
  }

  begin({ status, headers }: { readonly status: number; readonly headers: readonly string[] }): void {
    this.#raw.writeHead(status, headers as string[]);
  }

  write(chunk: Uint8Array): boolean {
    return this.#raw.destroyed || this.#raw.write(chunk);
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
}
