import { z } from "zod";
import { type SettingNotes, settingMeta, settingRegistry } from "../setting.ts";

/** A setting that is a list of words. */
export interface ListNotes extends SettingNotes {
  readonly default: readonly string[];
  /** Checks one item, and may bring it into its canonical form. */
  readonly item: z.ZodType<string, string>;
  /** The items in words, plural: `IP networks`. */
  readonly items: string;
  /** A list that would be accepted, as text. */
  readonly example: string;
}

const LONGEST_LIST = 1_000;

/** A list; as text its items stand between commas, or it is a JSON array. */
export function listSetting(notes: ListNotes) {
  const schema = z
    .array(notes.item)
    .max(LONGEST_LIST)
    .default([...notes.default])
    .readonly();
  const reader = {
    expected: `a list of ${notes.items} (text: separated by commas; JSON: an array)`,
    example: notes.example,
    read: readList,
  };
  return schema.register(
    settingRegistry,
    settingMeta(notes, { reader, range: `list of ${notes.items}`, acceptsEmpty: true }),
  );
}

/** A setting that gives a text for each of some names; as text it is a JSON object. */
export interface MapNotes extends SettingNotes {
  readonly default: Readonly<Record<string, string>>;
  /** What it maps in words: `names to models`. */
  readonly pairs: string;
  /** A map that would be accepted, as JSON text. */
  readonly example: string;
}

/** A map of names to texts; neither side may be empty. */
export function mapSetting(notes: MapNotes) {
  const word = z.string().trim().min(1);
  const schema = z
    .record(word, word)
    .default({ ...notes.default })
    .readonly();
  const reader = { expected: `a JSON object of ${notes.pairs}`, example: notes.example, read: readJson };
  return schema.register(settingRegistry, settingMeta(notes, { reader, range: `JSON object of ${notes.pairs}` }));
}

/** A setting that gives a whole number for each of some names; as text it is a JSON object. */
export interface NumberMapNotes extends SettingNotes {
  /** What it maps in words: `models to tokens`. */
  readonly pairs: string;
  readonly min: number;
  readonly max: number;
  /** A map that would be accepted, as JSON text. */
  readonly example: string;
}

/** A map of names to whole numbers, empty by default. */
export function numberMapSetting(notes: NumberMapNotes) {
  const schema = z.record(z.string().trim().min(1), z.int().min(notes.min).max(notes.max)).default({}).readonly();
  const words = `JSON object of ${notes.pairs}`;
  const reader = { expected: `a ${words} from ${notes.min} to ${notes.max}`, example: notes.example, read: readJson };
  return schema.register(
    settingRegistry,
    settingMeta(notes, { reader, range: `${words}, ${notes.min} to ${notes.max}` }),
  );
}

function readList(text: string): unknown {
  if (text.trim().startsWith("[")) return readJson(text);
  const items = text.split(",").map((item) => item.trim());
  return items.filter((item) => item !== "");
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema refuses the text itself, so the problem shows what was written.
    return text;
  }
}
