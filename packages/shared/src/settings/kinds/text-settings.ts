import { z } from "zod";
import { type SettingNotes, settingMeta, settingRegistry } from "../setting.ts";

/** A setting that is one line of text. */
export interface TextNotes extends SettingNotes {
  readonly default: string;
  /** What is accepted, to stand behind "is not": `an IP address or host name`. */
  readonly expected: string;
  /** The whole text must match; the empty text is accepted only where it is the default. */
  readonly pattern: RegExp;
}

const LONGEST_TEXT = 4_096;

/** A setting that is text. Blanks around it are removed. */
export function textSetting(notes: TextNotes) {
  const acceptsEmpty = notes.default === "";
  const isAllowed = (text: string) => (acceptsEmpty && text === "") || notes.pattern.test(text);
  const schema = z.string().trim().max(LONGEST_TEXT).refine(isAllowed).default(notes.default);
  const reader = {
    expected: notes.expected,
    example: notes.example ?? notes.default,
    read: (text: string) => text,
  };
  return schema.register(settingRegistry, settingMeta(notes, { reader, range: notes.expected, acceptsEmpty }));
}

/** A setting that is one of a few words, in any mixture of cases. */
export function choiceSetting<const Choice extends string>(
  notes: SettingNotes & { readonly choices: readonly Choice[]; readonly default: NoInfer<Choice> },
) {
  const isChoice = (word: unknown): word is Choice => notes.choices.some((choice) => choice === word);
  const schema = z.custom<Choice>(isChoice).default(() => notes.default);
  const list = notes.choices.join(", ");
  const reader = {
    expected: notes.choices.length === 1 ? `${list}, the only choice of this version` : `one of ${list}`,
    example: notes.example ?? notes.default,
    read: (text: string) => notes.choices.find((choice) => isSameWord(choice, text)) ?? text,
  };
  return schema.register(settingRegistry, settingMeta(notes, { reader, range: list }));
}

/** What true and false stand for among the words of a choice that was a toggle once. */
export interface ToggleWords<Choice extends string> {
  readonly whenTrue: Choice;
  readonly whenFalse: Choice;
}

/** A choice that also takes true and false, in every form of a toggle that is not one of its own words. */
export function modeSetting<const Choice extends string>(
  notes: SettingNotes & { readonly choices: readonly Choice[]; readonly default: NoInfer<Choice> },
  { whenTrue, whenFalse }: ToggleWords<NoInfer<Choice>>,
) {
  const isChoice = (word: unknown): word is Choice => notes.choices.some((choice) => choice === word);
  const toggle = z.boolean().transform((isOn): Choice => (isOn ? whenTrue : whenFalse));
  const schema = z.union([toggle, z.custom<Choice>(isChoice)]).default(() => notes.default);
  const list = notes.choices.join(", ");
  const reader = {
    expected: `one of ${list}, true or false`,
    example: notes.example ?? notes.default,
    read: (text: string) => notes.choices.find((choice) => isSameWord(choice, text)) ?? readToggle(text),
  };
  return schema.register(settingRegistry, settingMeta(notes, { reader, range: `${list}, true, false` }));
}

const WORDS_FOR_TRUE = ["true", "1", "yes", "on"];
const WORDS_FOR_FALSE = ["false", "0", "no", "off"];

/** A setting that is on or off. */
export function toggleSetting(notes: SettingNotes & { readonly default: boolean }) {
  const schema = z.boolean().default(notes.default);
  const reader = {
    expected: "true or false (or 1, 0, yes, no, on, off)",
    example: notes.example ?? String(notes.default),
    read: readToggle,
  };
  return schema.register(settingRegistry, settingMeta(notes, { reader, range: "true, false" }));
}

function readToggle(text: string): unknown {
  if (WORDS_FOR_TRUE.some((word) => isSameWord(word, text))) return true;
  return WORDS_FOR_FALSE.some((word) => isSameWord(word, text)) ? false : text;
}

function isSameWord(word: string, text: string): boolean {
  return word.toLowerCase() === text.trim().toLowerCase();
}
