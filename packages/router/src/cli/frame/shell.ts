import { lineWidth, type Paint, paintFor, type Terminal } from "@herd/shared/terminal";
import { asTyped } from "./as-typed.ts";
import { DONE, STOPPED } from "./exit-codes.ts";

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
  /** Aborted by Ctrl-C, by the end of the terminal, or (then the reason is `UNREAD`) when nobody reads the output any more. */
  readonly signal: AbortSignal;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Data folder of the router of this machine. */
  readonly dataDir: string;
  /** How `herd` is typed where this process was started: `npm run herd --` in a checkout. */
  readonly herd: string;
  /** The answer is for programs: what went wrong is told to them as JSON, too. */
  readonly isJson: boolean;
  /** The terminal's keys; undefined where standard input is none. */
  readonly keyboard: Keyboard | undefined;
  /** Calls back when the terminal gets another size; returns what ends that. */
  readonly onResize: (call: () => void) => () => void;
}

/** Why a command is stopped whose output nobody reads any more, as `head` does when it has what it wants. */
export const UNREAD = "unread";

/** The exit code of a command that would have gone on: 0 where nobody wants more of it, else that of Ctrl-C. */
export const stoppedCode = ({ signal }: Pick<Shell, "signal">): number => (signal.reason === UNREAD ? DONE : STOPPED);

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
  /** A text whose commands can be typed as they stand where this process was started. */
  readonly typed: (text: string) => string;
}

/** The page that this terminal is now. */
export function pageOf({ url, display, now, herd }: Shell): Page {
  const shown = display();
  const typed = (text: string): string => asTyped(text, herd);
  return { url, paint: paintFor(shown), width: lineWidth(shown), now: now(), typed };
}

/** Whether a picture can be drawn over the one before it. */
export function canDraw({ display }: Pick<Shell, "display">): boolean {
  const { isTerminal, env } = display();
  return isTerminal && env["TERM"] !== "dumb";
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
