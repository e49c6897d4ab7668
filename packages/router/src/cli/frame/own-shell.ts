import { ownCommands } from "../own-commands.ts";
import { FAILED } from "./exit-codes.ts";
import { type Display, type Keyboard, type Shell, UNREAD } from "./shell.ts";

/** A shell of this process, and what takes its hands off the process again. */
export interface OwnShell {
  readonly shell: Shell;
  /** Call it when the command has ended. Resolves, when all is written, to the exit code: another one where it could not be written. */
  readonly close: (exitCode: number) => Promise<number>;
}

/** What the shell of this process is given. */
export interface OwnShellParts {
  readonly url: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isJson: boolean;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The shell of this process. A first signal stops the command in order, a second one ends the process. */
export function openOwnShell({ url, dataDir, env, isJson }: OwnShellParts): OwnShell {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  const output = watchOutput(stopping);
  for (const signal of SIGNALS) process.on(signal, onSignal);
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
      isJson,
      herd: ownCommands(env).herd,
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
    close: async (exitCode) => {
      const code = await output.end(exitCode);
      for (const signal of SIGNALS) process.off(signal, onSignal);
      return code;
    },
  };
}

/** Stops the command when its output breaks: nobody reads it any more, or it cannot be written, which is told. */
function watchOutput(stopping: AbortController) {
  let broken: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException): void => {
    broken ??= error;
    stopping.abort(UNREAD);
  };
  process.stdout.on("error", onError);
  return {
    end: async (exitCode: number): Promise<number> => {
      await new Promise((resolve) => void process.stdout.write("", resolve));
      process.stdout.off("error", onError);
      if (broken === undefined || broken.code === "EPIPE") return exitCode;
      process.stderr.write(`herd: the output cannot be written: ${broken.message}\n`);
      return FAILED;
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
