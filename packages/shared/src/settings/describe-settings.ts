import { flagAttribute, flagName, type SettingEntry, type SettingsDeclaration } from "./declaration.ts";

/** One setting as the reference page shows it. */
export interface SettingRow {
  /** Its key in the config file. */
  readonly key: string;
  /** In commander's form, undefined where it has none. */
  readonly flag: string | undefined;
  /** Its environment names, its own first. */
  readonly env: readonly string[];
  /** As text that could be given for it, or in words. */
  readonly default: string;
  readonly range: string;
  readonly unit: string | undefined;
  readonly meaning: string;
  /** It may change while the program runs. */
  readonly isLive: boolean;
}

/** One flag, ready for commander's `new Option(syntax, description)`. */
export interface CommandFlag {
  readonly syntax: string;
  /** The property under which commander reports it, and under which `flags` of the settings expects it. */
  readonly attribute: string;
  readonly description: string;
  /** Accepted so that old command lines still work, but not worth a line of help. */
  readonly isHidden: boolean;
}

/** All settings in the order of their declaration. */
export function describeSettings(declaration: SettingsDeclaration<unknown>): readonly SettingRow[] {
  return declaration.entries.map((entry) => ({
    key: entry.key,
    flag: entry.meta.flag,
    env: [entry.name, ...entry.meta.aliases.map(({ name }) => name)],
    default: showDefault(entry),
    range: entry.meta.range,
    unit: entry.meta.unit,
    meaning: entry.meta.meaning,
    isLive: entry.meta.isLive,
  }));
}

/** All flags of a program: those of its settings, `--config`, and the hidden ones that are accepted without effect. */
export function commandFlags(declaration: SettingsDeclaration<unknown>): readonly CommandFlag[] {
  const ofSettings = declaration.entries.flatMap((entry) => {
    const syntax = entry.meta.flag;
    return syntax === undefined ? [] : [commandFlag(syntax, flagDescription(entry))];
  });
  const unused = [...declaration.later.flags, ...declaration.ignored.flags];
  return [
    ...ofSettings.filter(({ syntax }, index) => ofSettings.findIndex((one) => one.syntax === syntax) === index),
    commandFlag("--config <file>", "Settings file. (default: config.json in the data folder)"),
    ...unused.map((syntax) => ({ ...commandFlag(syntax, `${flagName(syntax)} has no effect`), isHidden: true })),
  ];
}

function commandFlag(syntax: string, description: string): CommandFlag {
  return { syntax, attribute: flagAttribute(syntax), description, isHidden: false };
}

function flagDescription(entry: SettingEntry): string {
  return `${entry.meta.meaning} (default: ${showDefault(entry)}; environment: ${entry.name})`;
}

function showDefault({ meta, defaultValue }: SettingEntry): string {
  if (meta.defaultText !== undefined) return meta.defaultText;
  if (Array.isArray(defaultValue)) return defaultValue.length === 0 ? "none" : defaultValue.join(",");
  if (typeof defaultValue === "object") return JSON.stringify(defaultValue);
  return defaultValue === "" ? "none" : String(defaultValue);
}
