import type { SettingEntry, SettingsDeclaration } from "./declaration.ts";
import { flagAttribute, flagName } from "./declaration.ts";
import type { SettingOrigin } from "./problem.ts";
import type { SettingReader } from "./setting.ts";

/** Everything that may set a setting, strongest first. An absent source sets nothing. */
export interface SettingSources {
  /** What commander reports: by property name, undefined where the flag was not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly envFile?: { readonly path: string; readonly entries: Readonly<Record<string, string>> } | undefined;
  /** What the database keeps: by key, groups as objects or as `group.member`. */
  readonly saved?: Readonly<Record<string, unknown>> | undefined;
  /** The top level of the config file. */
  readonly configFile?: { readonly path: string; readonly members: Readonly<Record<string, unknown>> } | undefined;
}

/** One source's value for one setting, not yet checked. */
export interface Offer {
  readonly origin: SettingOrigin;
  readonly reader: SettingReader;
  readonly given: unknown;
}

/** Prepares the sources; the returned function lists what they offer for a setting, strongest first. */
export function collectOffers(
  declaration: SettingsDeclaration<unknown>,
  sources: SettingSources,
): (entry: SettingEntry) => readonly Offer[] {
  const env = upperCased(sources.env ?? {});
  const envFile = upperCased(sources.envFile?.entries ?? {});
  const saved = flatten(declaration, sources.saved ?? {});
  const configured = flatten(declaration, configMembers(declaration, sources.configFile?.members ?? {}));
  return (entry) => [
    ...flagOffers(entry, sources.flags ?? {}),
    ...namedOffers(entry, env, (name) => ({ source: "environment", name })),
    ...namedOffers(entry, envFile, (name) => ({ source: "env-file", name, path: sources.envFile?.path ?? "" })),
    ...keyedOffers(entry, saved, { source: "saved" }),
    ...keyedOffers(entry, configured, configOrigin(declaration, sources, entry.key)),
  ];
}

/** The members of the config file that are this program's: its section, or the top level without the sections of others. */
export function configMembers(
  declaration: SettingsDeclaration<unknown>,
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { section, foreignSections } = declaration;
  if (section === undefined)
    return Object.fromEntries(Object.entries(members).filter(([key]) => !foreignSections.includes(key)));
  const inside = Object.hasOwn(members, section.name) ? members[section.name] : {};
  return isMembers(inside) ? inside : {};
}

/** Members of a group become `group.member`; everything else keeps its key. */
export function flatten(
  declaration: SettingsDeclaration<unknown>,
  members: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  const groups = groupKeys(declaration);
  const pairs = Object.entries(members).flatMap(([key, value]): [string, unknown][] =>
    groups.has(key) && isMembers(value)
      ? Object.entries(value).map(([member, inner]): [string, unknown] => [`${key}.${member}`, inner])
      : [[key, value]],
  );
  return new Map(pairs);
}

/** The keys of all groups. */
export function groupKeys(declaration: SettingsDeclaration<unknown>): ReadonlySet<string> {
  const inGroups = declaration.entries.filter(({ path }) => path.length > 1);
  return new Set(inGroups.map(({ key }) => key.slice(0, key.lastIndexOf("."))));
}

/** A JSON object, not an array. */
export function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Environment names count in any case, as with the predecessor; the upper-case one wins. */
function upperCased(texts: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const [name, text] of Object.entries(texts)) {
    const upper = name.toUpperCase();
    if (text !== undefined && (name === upper || !byName.has(upper))) byName.set(upper, text);
  }
  return byName;
}

function flagOffers({ meta }: SettingEntry, flags: Readonly<Record<string, unknown>>): Offer[] {
  if (meta.flag === undefined) return [];
  const given = flags[flagAttribute(meta.flag)];
  if (given === undefined) return [];
  return [{ origin: { source: "flag", name: flagName(meta.flag) }, reader: meta.reader, given }];
}

function namedOffers(
  { name, meta }: SettingEntry,
  texts: ReadonlyMap<string, string>,
  originOf: (name: string) => SettingOrigin,
): Offer[] {
  return [{ name, reader: meta.reader }, ...meta.aliases].flatMap((candidate) => {
    const given = texts.get(candidate.name);
    if (given === undefined || (given.trim() === "" && !meta.acceptsEmpty)) return [];
    return [{ origin: originOf(candidate.name), reader: candidate.reader, given }];
  });
}

function keyedOffers(
  { key, meta }: SettingEntry,
  values: ReadonlyMap<string, unknown>,
  origin: SettingOrigin,
): Offer[] {
  return values.has(key) ? [{ origin, reader: meta.reader, given: values.get(key) }] : [];
}

function configOrigin(
  { section }: SettingsDeclaration<unknown>,
  { configFile }: SettingSources,
  key: string,
): SettingOrigin {
  const name = section === undefined ? key : `${section.name}.${key}`;
  return { source: "config-file", name, path: configFile?.path ?? "" };
}
