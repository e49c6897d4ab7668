import type { Finding } from "../check.ts";

/**
 * What every finding must be: told in whole sentences without control characters, with a fix, and under a key that holds no
 * changing number. @throws Error that says what is missing
 */
export function mustBeWellFormed(finding: Finding): void {
  const { title, description, why, fix, command, traces = [], details } = finding;
  const texts = { title, description, why, fix, command: command ?? "none" };
  for (const [name, text] of Object.entries(texts)) {
    if (text.trim() === "") throw new Error(`a finding has no ${name}: ${title}`);
    if (/[\p{Cc}]/u.test(text)) throw new Error(`the ${name} of a finding holds control characters: ${title}`);
  }
  if (/\.$/.test(title)) throw new Error(`a title is no sentence: ${title}`);
  if (traces.length > 10) throw new Error(`a finding names ${traces.length} requests: ${title}`);
  JSON.stringify(details, (key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key} is ${value} in: ${title}`);
    return value;
  });
}
