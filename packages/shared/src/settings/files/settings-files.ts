import { isMembers } from "../offers.ts";
import { type SettingProblem, settingProblem, showValue } from "../problem.ts";
import { type EnvFileText, parseEnvFile } from "./env-file.ts";
import { parseJsonText } from "./json-text.ts";

/** A file that may hold settings. */
export interface SoughtFile {
  readonly path: string;
  /** What named it (`flag --config`), where anything did: then it must exist. */
  readonly namedBy: string | undefined;
}

/** Reads a whole text file; throws as node:fs does, with `code` "ENOENT" or "ENOTDIR" where there is none. */
export type ReadText = (path: string) => string;

/** What was found in a file; no content where it does not exist or cannot be used. */
export interface FoundFile<Content> {
  readonly content: Content | undefined;
  readonly problems: readonly SettingProblem[];
  readonly notices: readonly string[];
}

/** Reads an env file. A line that says nothing readable is a notice. */
export function readEnvFile(
  file: SoughtFile,
  readText: ReadText,
): FoundFile<{ readonly path: string; readonly entries: EnvFileText["entries"] }> {
  const text = read(file, readText);
  if (typeof text !== "string") return { content: undefined, problems: text, notices: [] };
  const { entries, unreadableLines } = parseEnvFile(text);
  const notices = unreadableLines.map(
    (line) => `Line ${line} of env file ${file.path} is not NAME=value and is skipped.`,
  );
  return { content: { path: file.path, entries }, problems: [], notices };
}

/** Reads a config file: one JSON object. */
export function readConfigFile(
  file: SoughtFile,
  readText: ReadText,
): FoundFile<{ readonly path: string; readonly members: Readonly<Record<string, unknown>> }> {
  const text = read(file, readText);
  if (typeof text !== "string") return { content: undefined, problems: text, notices: [] };
  const reading = parseJsonText(text);
  if (reading.isJson && isMembers(reading.value))
    return { content: { path: file.path, members: reading.value }, problems: [], notices: [] };
  const fault = reading.isJson
    ? `Config file ${file.path} is not a JSON object but ${showValue(reading.value)}.`
    : `Config file ${file.path} is not valid JSON: line ${reading.line}, column ${reading.column}: expected ${reading.expected}.`;
  const hint = "Correct the file, or move it away to start without it.";
  return { content: undefined, problems: [settingProblem(file.path, fault, hint)], notices: [] };
}

/** The text of a file, or why it cannot be had: no problem where nobody asked for it. */
function read(file: SoughtFile, readText: ReadText): string | readonly SettingProblem[] {
  try {
    return readText(file.path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // ENOTDIR: a file stands where its folder should be, so it is not there either; whoever needs the folder tells more.
    const isMissing = "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    return isMissing ? missingFile(file) : [unreadableFile(file, error)];
  }
}

function missingFile({ path, namedBy }: SoughtFile): readonly SettingProblem[] {
  if (namedBy === undefined) return [];
  return [settingProblem(path, `${path} (from ${namedBy}) does not exist.`, `Create it, or leave ${namedBy} out.`)];
}

function unreadableFile({ path, namedBy }: SoughtFile, { message }: Error): SettingProblem {
  const file = namedBy === undefined ? path : `${path} (from ${namedBy})`;
  const hint = "Make it a file that this user can read, or move it away.";
  return settingProblem(path, `${file} cannot be read: ${message}.`, hint);
}
