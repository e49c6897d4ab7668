/** Runs something once after a while and returns what cancels it. A timer of it need not keep the process alive. */
export type Schedule = (run: () => void, afterMs: number) => () => void;
