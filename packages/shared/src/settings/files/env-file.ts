/** What an env file says. */
export interface EnvFileText {
  /** Name to value; of a name given twice the last value counts. */
  readonly entries: Readonly<Record<string, string>>;
  /** Lines that are neither empty nor comments nor `NAME=value`; counted from 1. */
  readonly unreadableLines: readonly number[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/;
const NOTHING = /^\s*(?:#.*)?$/;
const QUOTED = /^(["'])(.*?)\1\s*(?:#.*)?$/;

/**
 * Reads `NAME=value` lines as a shell would, but without escapes and substitutions: an optional `export`, comments from `#` (after a
 * value only when a blank stands before it), and one layer of quotes, which keeps blanks and `#`.
 */
export function parseEnvFile(text: string): EnvFileText {
  const entries = new Map<string, string>();
  const unreadableLines: number[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined && rest !== undefined) entries.set(name, readValue(rest));
    else if (!NOTHING.test(line)) unreadableLines.push(index + 1);
  }
  return { entries: Object.fromEntries(entries), unreadableLines };
}

function readValue(text: string): string {
  const [, , quoted] = QUOTED.exec(text.trim()) ?? [];
  return quoted ?? text.replace(/\s#.*$/, "").trim();
}
