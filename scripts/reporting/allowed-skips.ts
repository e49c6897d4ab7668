/** A test that may be skipped although CI is to run everything, and why. */
export interface AllowedSkip {
  /** `path > title`, where the title may stop at a suite, and may be left out: then all tests below are meant. */
  readonly prefix: string;
  readonly reason: string;
}

/**
 * Reads the list of allowed skips: one `path > title — reason` a line; empty lines and lines that begin with `#` do not count.
 * @throws {Error} for a line without a reason
 */
export function parseAllowedSkips(text: string): readonly AllowedSkip[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map(parseLine);
}

/** Whether a skipped test, named `path > suite > … > title`, is on the list. */
export function isAllowedSkip(fullName: string, allowed: readonly AllowedSkip[]): boolean {
  return allowed.some(({ prefix }) => fullName === prefix || fullName.startsWith(`${prefix} > `));
}

function parseLine(line: string): AllowedSkip {
  const [prefix = "", reason = ""] = line.split(" — ");
  if (prefix === "" || reason === "") throw new Error(`allowed skips: "${line}" is not "path > title — reason"`);
  return { prefix: prefix.trim(), reason: reason.trim() };
}
