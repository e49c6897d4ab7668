import type { SettingsDeclaration } from "./declaration.ts";
import { nearestName } from "./nearest-name.ts";
import { configMembers, flatten, groupKeys, isMembers, type SettingSources } from "./offers.ts";
import { type SettingProblem, settingProblem, showValue } from "./problem.ts";

/** Keys of the config file and of the saved settings that set nothing. */
export interface StrayKeys {
  readonly problems: readonly SettingProblem[];
  readonly notices: readonly string[];
  /** Keys of settings that this version does not have yet. */
  readonly later: readonly string[];
  /** Keys that will never mean anything here. */
  readonly ignored: readonly string[];
}

/** Sorts the keys that are no setting: by a mistake (a problem), by another version, or by another place in the file. */
export function findStrayKeys(declaration: SettingsDeclaration<unknown>, sources: SettingSources): StrayKeys {
  const members = configMembers(declaration, sources.configFile?.members ?? {});
  const configured = strayKeys(declaration, members);
  const saved = strayKeys(declaration, sources.saved ?? {});
  const all = [...configured.keys(), ...saved.keys()];
  const isKnown = (key: string) => isListed(declaration, "later", key) || isListed(declaration, "ignored", key);
  const path = sources.configFile?.path ?? "";
  return {
    problems: [
      ...sectionProblem(declaration, sources),
      ...[...configured].filter(([key]) => !isKnown(key)).map((member) => unknownKey(declaration, member, path)),
    ],
    notices: [
      ...[...saved.keys()].filter((key) => !isKnown(key)).map(unknownSaved),
      ...keysOutside(declaration, sources).map((key) => outsideSection(declaration, key, path)),
    ],
    later: all.filter((key) => isListed(declaration, "later", key)),
    ignored: all.filter((key) => isListed(declaration, "ignored", key)),
  };
}

function strayKeys(
  declaration: SettingsDeclaration<unknown>,
  members: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  const known = new Set(declaration.entries.map(({ key }) => key));
  return new Map([...flatten(declaration, members)].filter(([key]) => !known.has(key)));
}

function isListed(declaration: SettingsDeclaration<unknown>, kind: "later" | "ignored", key: string): boolean {
  return declaration[kind].env.includes(declaration.prefix + key.toUpperCase());
}

function unknownKey(
  declaration: SettingsDeclaration<unknown>,
  [key, value]: readonly [string, unknown],
  path: string,
): SettingProblem {
  const stated = `${key} = ${showValue(value)} (in config file ${path})`;
  if (groupKeys(declaration).has(key)) {
    const members = declaration.entries.filter((entry) => entry.key.startsWith(`${key}.`));
    const names = members.map((entry) => entry.key.slice(key.length + 1)).join(", ");
    return settingProblem(key, `${stated} is not a JSON object with any of ${names}.`, "Write it so, or remove it.");
  }
  const nearest =
    nearestName(
      key,
      declaration.entries.map((entry) => entry.key),
    ) ?? "";
  const statement = `${stated} is not a setting of ${declaration.program}. Nearest valid name: ${nearest}.`;
  return settingProblem(key, statement, "Correct the name, or remove it.");
}

function unknownSaved(key: string): string {
  return `${key} among the saved settings is unknown to this version and sets nothing.`;
}

function sectionProblem({ section }: SettingsDeclaration<unknown>, { configFile }: SettingSources): SettingProblem[] {
  if (section === undefined || configFile === undefined || !Object.hasOwn(configFile.members, section.name)) return [];
  const given = configFile.members[section.name];
  if (isMembers(given)) return [];
  const statement = `${section.name} = ${showValue(given)} (in config file ${configFile.path}) is not a JSON object of settings.`;
  return [settingProblem(section.name, statement, "Write it so, or remove it.")];
}

/** Keys that stand beside the section although they are meant for it: nothing would read them, and nothing else would say so. */
function keysOutside({ section, entries }: SettingsDeclaration<unknown>, { configFile }: SettingSources): string[] {
  if (section === undefined) return [];
  return Object.keys(configFile?.members ?? {}).filter(
    (key) => entries.some((entry) => entry.key === key) && !section.alsoOutside.includes(key),
  );
}

function outsideSection({ section, program }: SettingsDeclaration<unknown>, key: string, path: string): string {
  return `${key} in config file ${path} stands outside of "${section?.name}" and sets nothing: ${program} reads only what is inside.`;
}
