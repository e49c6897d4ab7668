import type { Socket } from "node:net";

/** How a connection is ended early: `fin` as the end of a process does it, `reset` by RST. */
export type CutKind = "fin" | "reset";

/** Ends connections from this side, and remembers which: their end is not the client's doing. */
export interface CutMarks {
  /** Ends a connection; with `fin`, what was written before is still delivered. */
  cut(socket: Socket, how: CutKind): void;
  /** Ends a connection as the death of the process does: what the kernel has not taken is lost. */
  drop(socket: Socket, how: CutKind): void;
  wasCut(socket: Socket): boolean;
}

/** Creates the memory of one server. */
export function createCutMarks(): CutMarks {
  const marked = new WeakSet<Socket>();
  return {
    cut(socket, how) {
      marked.add(socket);
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroySoon();
    },
    drop(socket, how) {
      marked.add(socket);
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    },
    wasCut: (socket) => marked.has(socket),
  };
}
