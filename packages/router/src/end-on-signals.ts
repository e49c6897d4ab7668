import { createSignalRule } from "@herd/shared";

/** Signals that ask a program to end; SIGHUP comes from a terminal that is closed, SIGBREAK from Windows. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32" ? ["SIGINT", "SIGTERM", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Time for what still runs after the end in order, ms; then the process ends whatever runs. */
const LAST_MS = 2_000;

/** The two ways to end. */
export interface Endings {
  /** Called once, at the first signal. */
  readonly inOrder: () => Promise<void>;
  /** Cuts short what `inOrder` still waits for; called at every later signal. */
  readonly atOnce: () => void;
}

/** The end that a signal brings. */
export interface Ending {
  /** Resolves when the end in order is done. */
  readonly isOver: Promise<void>;
  /** Whether a signal has come. */
  readonly hasBegun: () => boolean;
}

/** From now on signals end this process in order, or at once. */
export function endOnSignals({ inOrder, atOnce }: Endings): Ending {
  const orderOf = createSignalRule(() => performance.now());
  const over = Promise.withResolvers<void>();
  let hasBegun = false;
  const begin = async (): Promise<void> => {
    hasBegun = true;
    await inOrder();
    setTimeout(() => process.exit(), LAST_MS).unref();
  };
  const onSignal = (): void => {
    const order = orderOf();
    if (order === "in-order") begin().then(over.resolve, over.reject);
    if (order === "at-once") atOnce();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { isOver: over.promise, hasBegun: () => hasBegun };
}
