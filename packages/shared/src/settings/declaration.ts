import { z } from "zod";
import { type SettingMeta, settingRegistry } from "./setting.ts";

/** Names of the predecessor that are known here but set nothing. */
export interface UnusedNames {
  /** Environment names, whole. */
  readonly env: readonly string[];
  /** Flags in commander's form (`--token <text>`). */
  readonly flags: readonly string[];
}

/** One setting shall be below another; both by their config-file keys. */
export interface AscendingRule {
  readonly low: string;
  readonly high: string;
  /** The two may be equal. */
  readonly orEqual: boolean;
}

/** What a program says about its settings; everything else is derived from it. */
export interface DeclaredSettings<Shape extends z.ZodRawShape> {
  /** The program's command, for texts: `herd-node`. */
  readonly program: string;
  /** What the environment names begin with: `FLEET_NODE_`. */
  readonly prefix: string;
  /** Longer prefixes under which other programs keep theirs; names under them are no concern of this one. */
  readonly foreignPrefixes: readonly string[];
  /**
   * The member of the config file that holds these settings, and those of its keys that other programs use outside of it, too.
   * Absent: the top level of the file.
   */
  readonly section?: { readonly name: string; readonly alsoOutside: readonly string[] };
  /** Members of the config file that belong to other programs. */
  readonly foreignSections: readonly string[];
  /** Property names in camel case; the key `wait_deadline_s` and the name `FLEET_WAIT_DEADLINE_S` follow from `waitDeadlineS`. */
  readonly shape: Shape;
  readonly ascending: readonly AscendingRule[];
  /** Names of settings that this version does not have yet. */
  readonly later: UnusedNames;
  /** Names that will never mean anything here. */
  readonly ignored: UnusedNames;
}

/** One setting with all of its names. */
export interface SettingEntry {
  /** Where the value stands in the typed object: `["weights", "thermal"]`. */
  readonly path: readonly string[];
  /** Its key in the config file, the database and in texts: `weights.thermal`. */
  readonly key: string;
  /** Its own environment name, before its aliases. */
  readonly name: string;
  readonly meta: SettingMeta;
  readonly schema: z.core.$ZodType;
  readonly defaultValue: unknown;
}

/** A declaration made ready for reading, describing and checking. */
export interface SettingsDeclaration<Values> extends Omit<DeclaredSettings<z.ZodRawShape>, "shape"> {
  readonly schema: z.ZodType<Values>;
  readonly entries: readonly SettingEntry[];
}

/**
 * Derives the names of all settings and checks the declaration itself.
 * @throws Error where a setting was not made by a setting constructor, a name is used twice or a rule names an unknown key
 */
export function declareSettings<Shape extends z.ZodRawShape>(
  declared: DeclaredSettings<Shape>,
): SettingsDeclaration<z.output<z.ZodReadonly<z.ZodObject<Shape>>>> {
  const { shape, ...rest } = declared;
  const entries = entriesOf(shape, { path: [], prefix: declared.prefix });
  refuseRepeated(entries.flatMap(({ name, meta }) => [name, ...meta.aliases.map((alias) => alias.name)]));
  for (const { low, high } of declared.ascending) refuseUnknown([low, high], entries);
  return { ...rest, entries, schema: z.object(shape).readonly() };
}

/** `waitDeadlineS` to `wait_deadline_s`; a name already in snake case stays as it is. */
export function snakeName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The property under which commander reports a flag: `--data-dir <path>` is `dataDir`. */
export function flagAttribute(syntax: string): string {
  return flagName(syntax)
    .slice(2)
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A flag without its argument: `--data-dir`. */
export function flagName(syntax: string): string {
  const [name = syntax] = /--[a-z][a-z-]*/.exec(syntax) ?? [];
  return name;
}

function entriesOf(
  shape: z.core.$ZodLooseShape,
  outer: { readonly path: readonly string[]; readonly prefix: string },
): SettingEntry[] {
  return Object.entries(shape).flatMap(([property, schema]) => {
    const path = [...outer.path, property];
    const meta = settingRegistry.get(schema);
    if (meta === undefined) return entriesOf(membersOf(schema, property), { ...outer, path });
    const key = path.map(snakeName).join(".");
    const name = outer.prefix + key.replaceAll(".", "_").toUpperCase();
    return [{ path, key, name, meta, schema, defaultValue: z.parse(schema, undefined) }];
  });
}

function membersOf(schema: z.core.$ZodType, property: string): z.core.$ZodLooseShape {
  const group = schema instanceof z.ZodReadonly ? schema.unwrap() : schema;
  if (group instanceof z.ZodObject) return group.shape;
  throw new Error(`The setting ${property} was not made by a setting constructor`);
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`Two settings have the name ${repeated}`);
}

function refuseUnknown(keys: readonly string[], entries: readonly SettingEntry[]): void {
  const unknown = keys.find((key) => !entries.some((entry) => entry.key === key));
  if (unknown !== undefined) throw new Error(`No setting has the key ${unknown}`);
}
