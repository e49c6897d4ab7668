import type { ReplySink } from "../../domain/reply.ts";

/** What can be told to wait. */
interface Sender {
  pause(): void;
  resume(): void;
}

/** Writes to a client, and lets the node wait while the client is slower. */
export class ClientPace {
  readonly #sink: ReplySink;
  readonly #onCaughtUp: () => void;
  #isBehind = false;

  constructor(sink: ReplySink, onCaughtUp: () => void) {
    this.#sink = sink;
    this.#onCaughtUp = onCaughtUp;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  write(bytes: Uint8Array, controller: Sender | undefined): void {
    if (this.#sink.write(bytes) || this.#isBehind || controller === undefined) return;
    controller.pause();
    this.#isBehind = true;
    this.#sink.onDrain(() => {
      this.#isBehind = false;
      this.#onCaughtUp();
      controller.resume();
    });
  }
}
