import { z } from "zod";
import { type SettingMeta, type SettingNotes, type SettingReader, settingMeta, settingRegistry } from "../setting.ts";

/** A number with its bounds, both included. */
export interface NumberNotes extends SettingNotes {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Environment names that state the same value with the opposite sign, whole. */
  readonly mirroredAliases?: readonly string[];
}

/** A setting that is any number between its bounds. */
export function numberSetting(notes: NumberNotes) {
  const schema = z.number().min(notes.min).max(notes.max).default(notes.default);
  return schema.register(settingRegistry, numberMeta(notes, "number"));
}

/** A setting that is a whole number between its bounds. */
export function wholeNumberSetting(notes: NumberNotes) {
  const schema = z.int().min(notes.min).max(notes.max).default(notes.default);
  return schema.register(settingRegistry, numberMeta(notes, "whole number"));
}

function numberMeta(notes: NumberNotes, kind: string): SettingMeta {
  const amount = notes.unit === undefined ? `a ${kind}` : `a ${kind} of ${notes.unit}`;
  const meta = settingMeta(notes, {
    range: `${kind} from ${notes.min} to ${notes.max}`,
    reader: {
      expected: `${amount} from ${notes.min} to ${notes.max}`,
      example: notes.example ?? String(notes.default),
      read: readNumber,
    },
  });
  const mirrored: SettingReader = {
    expected: `${amount} from ${0 - notes.max} to ${0 - notes.min}`,
    example: String(0 - notes.default),
    read: readMirrored,
  };
  const mirroredAliases = (notes.mirroredAliases ?? []).map((name) => ({ name, reader: mirrored }));
  return { ...meta, aliases: [...meta.aliases, ...mirroredAliases] };
}

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function readNumber(text: string): unknown {
  return NUMERAL.test(text.trim()) ? Number(text) : text;
}

function readMirrored(text: string): unknown {
  const value = readNumber(text);
  return typeof value === "number" ? 0 - value : text;
}
