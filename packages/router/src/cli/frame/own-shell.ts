import type { Display, Keyboard, Shell } from "./shell.ts";

/** A shell of this process, and what takes its hands off the process again. */
export interface OwnShell {
  readonly shell: Shell;
  readonly close: () => void;
}

/** What the shell of this process is given. */
export interface OwnShellParts {
  readonly url: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The shell of this process. A first signal stops the command in order, a second one ends the process. */
export function openOwnShell({ url, dataDir, env }: OwnShellParts): OwnShell {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  const onDeaf = (): void => stopping.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.stdout.on("error", onDeaf);
  const display = (): Display => ({
    isTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    rows: process.stdout.rows,
    env,
  });
  return {
    shell: {
      url,
      dataDir,
      display,
      signal: stopping.signal,
      print: (text) => void process.stdout.write(text),
      complain: (text) => void process.stderr.write(text),
      now: Date.now,
      keyboard: process.stdin.isTTY === true ? ownKeyboard(onSignal) : undefined,
      onResize: (call) => {
        process.stdout.on("resize", call);
        return () => void process.stdout.off("resize", call);
      },
    },
    close: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.stdout.off("error", onDeaf);
    },
  };
}

/** In raw mode Ctrl-C is a key like any other; it still ends the command. */
function ownKeyboard(onSignal: () => void): Keyboard {
  return {
    listen: (press) => {
      const { stdin } = process;
      const take = (bytes: Buffer): void => {
        const key = bytes.toString("latin1");
        if (key === "\u0003") onSignal();
        press(key);
      };
      stdin.setRawMode(true);
      stdin.on("data", take);
      stdin.resume();
      return () => {
        stdin.off("data", take);
        stdin.setRawMode(false);
        stdin.pause();
      };
    },
  };
}
