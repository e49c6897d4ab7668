import type { ServerAnswer } from "./ask-server.ts";
import type { ServerMarks } from "./known-server.ts";

type Members = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null;

/** A member of a good JSON answer; undefined where there is no such thing. */
export function field(answer: ServerAnswer | undefined, name: string): unknown {
  return answer?.status === 200 && isObject(answer.json) ? answer.json[name] : undefined;
}

const LONGEST_TEXT = 64;

/** A short text without signs that would steer a terminal: strangers chose it. */
export function text(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const plain = value.replace(/\p{C}/gu, "").trim().slice(0, LONGEST_TEXT);
  return plain === "" ? undefined : plain;
}

/** Marks of a program that is known by stating a version of its own. */
export const versionIn = (value: unknown): ServerMarks | undefined =>
  typeof value === "string" ? { version: text(value) } : undefined;

/** The entries of a list of models in OpenAI's form. */
export function modelsIn(answer: ServerAnswer | undefined): readonly Members[] | undefined {
  const entries = field(answer, "object") === "list" ? field(answer, "data") : undefined;
  return Array.isArray(entries) && entries.every(isObject) ? entries : undefined;
}

/** Whether a list of models names this owner. */
export const isOwnedBy = (answer: ServerAnswer | undefined, owner: string): boolean =>
  modelsIn(answer)?.some((model) => model["owned_by"] === owner) ?? false;

/** Marks of a program whose API description bears this title, which stands near its beginning. */
export function titledAs(answer: ServerAnswer | undefined, title: RegExp): ServerMarks | undefined {
  const [, found] = /"title"\s*:\s*"([^"]{1,80})"/.exec(answer?.text ?? "") ?? [];
  return answer?.status === 200 && found !== undefined && title.test(found) ? {} : undefined;
}
