import { lineWidth, type Paint, paintFor, type Terminal } from "@herd/shared/terminal";

/** Where text is drawn. */
export interface Display extends Terminal {
  /** Lines of the terminal; undefined where it has none. */
  readonly rows: number | undefined;
}

/** Everything around a command: whom it asks, and where it speaks. */
export interface Shell {
  /** Base URL of the router. */
  readonly url: string;
  /** To standard output. */
  readonly print: (text: string) => void;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** The terminal as it is now; its size may change. */
  readonly display: () => Display;
  /** Aborted by Ctrl-C, by the end of the terminal, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Data folder of the router of this machine. */
  readonly dataDir: string;
  /** The terminal's keys; undefined where standard input is none. */
  readonly keyboard: Keyboard | undefined;
  /** Calls back when the terminal gets another size; returns what ends that. */
  readonly onResize: (call: () => void) => () => void;
}

/** Single keys as they are pressed. */
export interface Keyboard {
  /** Gives every key from now on to `press`; returns what ends that and gives the terminal its usual ways back. */
  readonly listen: (press: (key: string) => void) => () => void;
}

/** How a text is shown. */
export interface Page {
  /** Where the router is. */
  readonly url: string;
  readonly paint: Paint;
  /** Columns that a line may take. */
  readonly width: number;
  /** Unix epoch ms. */
  readonly now: number;
}

/** The page that this terminal is now. */
export function pageOf({ url, display, now }: Shell): Page {
  const shown = display();
  return { url, paint: paintFor(shown), width: lineWidth(shown), now: now() };
}

/** Waits, no longer than until the command is stopped. Resolves to whether it was. */
export function pause(shell: Pick<Shell, "signal">, milliseconds: number): Promise<boolean> {
  const { signal } = shell;
  if (signal.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(signal.aborted);
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
