import type { Shell } from "./shell.ts";

/** What a word may be, for those who complete it while it is typed: names that the router knows, or a few fixed words. */
export type Completion = "models" | "nodes" | "settings" | "requests" | "runs" | "files" | readonly string[];

/** A word that follows the command. */
export interface Argument {
  /** As the help shows it, in capitals: `MODEL`. */
  readonly name: string;
  readonly meaning: string;
  /** It may be left out. */
  readonly isOptional?: boolean;
  /** It takes all words that are left. */
  readonly isMany?: boolean;
  readonly completes?: Completion;
}

/** An option of one command. */
export interface Flag {
  /** In commander's form: `--node <id>`. */
  readonly syntax: string;
  readonly meaning: string;
  readonly completes?: Completion;
  /** Reads what was typed. @throws InvalidArgumentError of commander, which is told to the user. */
  readonly read?: (typed: string) => unknown;
}

/** A command line and what it is for. */
export type Example = readonly [line: string, meaning: string];

/** An exit code and what it says. */
export type Exit = readonly [code: number, meaning: string];

/** What the help says about a command. */
export interface CommandPage {
  /** `["node", "drain"]` for `herd node drain`; empty for `herd` itself. */
  readonly words: readonly string[];
  /** One line, in lower case, without a final dot. */
  readonly summary: string;
  /** Further sentences. */
  readonly about?: string;
  readonly arguments?: readonly Argument[];
  readonly flags?: readonly Flag[];
  readonly examples: readonly Example[];
  /** Those that differ from the usual ones. */
  readonly exits?: readonly Exit[];
}

/** What was typed behind a command. */
export interface Order {
  /** One per argument of the page; undefined where it was left out. An argument that takes many words has them separated by blanks. */
  readonly words: readonly (string | undefined)[];
  /** By their name in camel case. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly shell: Shell;
}

/** A command of those that talk to a running router. */
export interface Command extends CommandPage {
  /** Absent: the words only lead to further commands, and their help is shown. Resolves to the exit code. */
  readonly run?: (order: Order) => Promise<number>;
}
