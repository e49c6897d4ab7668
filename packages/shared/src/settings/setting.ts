import { z } from "zod";

/** What the author of a declaration says about any setting. */
export interface SettingNotes {
  /** One sentence for the reference page and for `--help`. */
  readonly meaning: string;
  /** The unit of the value in words (`seconds`, `MiB`); absent where the value has none. */
  readonly unit?: string;
  /** The flag in commander's form (`--port <n>`). Settings that name the same flag are all set by it. */
  readonly flag?: string;
  /** Further environment names with the same meaning, whole (`FLEET_STALE_TIMEOUT`). */
  readonly aliases?: readonly string[];
  /** The value may change while the program runs. Default: false. */
  readonly isLive?: boolean;
  /** A value that would be accepted, for the texts of problems. Default: the setting's default. */
  readonly example?: string;
  /** What the reference page prints as default where the value itself does not say it. */
  readonly defaultText?: string;
}

/** How one name of a setting turns text into a value. */
export interface SettingReader {
  /** What is accepted, to stand behind "is not": `a whole number from 0 to 65535`. */
  readonly expected: string;
  readonly example: string;
  /** Text that cannot be read comes back as it is; the schema then refuses it. */
  readonly read: (text: string) => unknown;
}

/** What the registry holds for every setting beside its schema. */
export interface SettingMeta {
  readonly meaning: string;
  readonly unit: string | undefined;
  readonly flag: string | undefined;
  readonly defaultText: string | undefined;
  readonly isLive: boolean;
  /** An empty text is a value; for other settings an empty variable counts as not set. */
  readonly acceptsEmpty: boolean;
  /** The allowed values in few words, for the reference page. */
  readonly range: string;
  readonly reader: SettingReader;
  readonly aliases: readonly { readonly name: string; readonly reader: SettingReader }[];
}

/** Every setting made by one of the constructors of this folder, with what is known about it. */
export const settingRegistry = z.registry<SettingMeta>();

/** Completes the author's notes to the registry's entry. */
export function settingMeta(
  notes: SettingNotes,
  kind: { readonly reader: SettingReader; readonly range: string; readonly acceptsEmpty?: boolean },
): SettingMeta {
  return {
    meaning: notes.meaning,
    unit: notes.unit,
    flag: notes.flag,
    defaultText: notes.defaultText,
    isLive: notes.isLive ?? false,
    acceptsEmpty: kind.acceptsEmpty ?? false,
    range: kind.range,
    reader: kind.reader,
    aliases: (notes.aliases ?? []).map((name) => ({ name, reader: kind.reader })),
  };
}

/** Settings that belong together (`weights.thermal`, `weights.wait_time`); each member is a setting of its own. */
export function settingGroup<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).readonly();
}
