/** Everything was done. */
export const DONE = 0;
/** The router refused, failed, or does not answer. */
export const FAILED = 1;
/** A wrong use or a bad setting. */
export const WRONG_USE = 2;
/** Ended by Ctrl-C or another signal. */
export const STOPPED = 130;

/** The exit codes of every command that talks to a running router. */
export const usualExits: readonly (readonly [code: number, meaning: string])[] = [
  [DONE, "done"],
  [FAILED, "no router answered, or it refused or failed"],
  [WRONG_USE, "wrong use or bad setting"],
  [STOPPED, "stopped by Ctrl-C"],
];
