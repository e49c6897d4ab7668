import { type Shell, UNREAD } from "../frame/shell.ts";

/** A shell whose output is kept. */
export interface TestShell {
  readonly shell: Shell;
  /** Everything printed to standard output. */
  readonly printed: () => string;
  /** Everything printed to standard error. */
  readonly complained: () => string;
  /** As Ctrl-C. */
  readonly stop: () => void;
  /** Nobody reads standard output any more. */
  readonly leave: () => void;
  /** A key is pressed. */
  readonly press: (key: string) => void;
  /** The terminal gets another size. */
  readonly resize: (columns: number, rows: number) => void;
  /** Resolves when standard output holds this. */
  readonly until: (sign: string | RegExp) => Promise<void>;
}

/** How the terminal is. */
export interface TestTerminal {
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly dataDir?: string;
  readonly isJson?: boolean;
  /** It can only print. */
  readonly isDumb?: boolean;
}

/** A shell that asks this URL; no terminal unless told. */
export function testShell(url: string, terminal: TestTerminal = {}): TestShell {
  const { isTerminal = false, dataDir = "/there/is/none", isJson = false } = terminal;
  let size = { columns: terminal.columns, rows: terminal.rows };
  let [out, err] = ["", ""];
  const stopping = new AbortController();
  const [keys, sizes, waiting] = [new Set<(key: string) => void>(), new Set<() => void>(), new Set<() => void>()];
  const shell: Shell = {
    url,
    dataDir,
    herd: "herd",
    isJson,
    signal: stopping.signal,
    now: () => Date.UTC(2026, 10, 22, 12),
    print: (text) => {
      out += text;
      for (const look of waiting) look();
    },
    complain: (text) => {
      err += text;
    },
    display: () => ({ isTerminal, ...size, env: { NO_COLOR: "1", TERM: terminal.isDumb === true ? "dumb" : "xterm" } }),
    keyboard: {
      listen: (press) => {
        keys.add(press);
        return () => keys.delete(press);
      },
    },
    onResize: (call) => {
      sizes.add(call);
      return () => sizes.delete(call);
    },
  };
  return {
    shell,
    printed: () => out,
    complained: () => err,
    stop: () => stopping.abort(),
    leave: () => stopping.abort(UNREAD),
    press: (key) => {
      for (const press of keys) press(key);
    },
    resize: (columns, rows) => {
      size = { columns, rows };
      for (const call of sizes) call();
    },
    until: (sign) => untilHolds(() => (typeof sign === "string" ? out.includes(sign) : sign.test(out)), waiting),
  };
}

function untilHolds(holds: () => boolean, waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });
}
