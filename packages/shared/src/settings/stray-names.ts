import { flagAttribute, flagName, type SettingsDeclaration, type UnusedNames } from "./declaration.ts";
import { nearestName } from "./nearest-name.ts";
import type { SettingSources } from "./offers.ts";
import type { SettingProblem } from "./problem.ts";
import { findStrayKeys } from "./stray-keys.ts";

/** The variable that names the env file itself; every program of the fleet reads it before any setting. */
export const ENV_FILE_NAME = "FLEET_ENV_FILE";

/**
 * Looks for names that set nothing. An unknown environment name is a notice, because the environment is shared with other programs; an
 * unknown key of the config file is a problem. Names that are known but without effect are listed in one notice for each reason.
 */
export function findStrayNames(
  declaration: SettingsDeclaration<unknown>,
  sources: SettingSources,
): { readonly problems: readonly SettingProblem[]; readonly notices: readonly string[] } {
  const keys = findStrayKeys(declaration, sources);
  const names = [...environmentNames(sources.env), ...environmentNames(sources.envFile?.entries)];
  const unused = (kind: UnusedNames, known: readonly string[]) => [
    ...new Set([...names.filter((name) => kind.env.includes(name)), ...givenFlags(kind.flags, sources), ...known]),
  ];
  return {
    problems: keys.problems,
    notices: [
      ...[...new Set(names)]
        .filter((name) => isUnknown(declaration, name))
        .map((name) => unknownName(declaration, name)),
      ...keys.notices,
      ...listing("Accepted, but without effect in this version", unused(declaration.later, keys.later)),
      ...listing("Accepted and ignored", unused(declaration.ignored, keys.ignored)),
    ],
  };
}

function environmentNames(texts: Readonly<Record<string, string | undefined>> = {}): string[] {
  return Object.keys(texts)
    .filter((name) => texts[name] !== undefined)
    .map((name) => name.toUpperCase());
}

function givenFlags(syntaxes: readonly string[], { flags = {} }: SettingSources): string[] {
  return syntaxes.filter((syntax) => flags[flagAttribute(syntax)] !== undefined).map(flagName);
}

function isUnknown(declaration: SettingsDeclaration<unknown>, name: string): boolean {
  const { prefix, foreignPrefixes, later, ignored } = declaration;
  if (!name.startsWith(prefix) || foreignPrefixes.some((foreign) => name.startsWith(foreign))) return false;
  return ![...validNames(declaration), ...later.env, ...ignored.env].includes(name);
}

function validNames({ entries }: SettingsDeclaration<unknown>): string[] {
  return [...entries.flatMap(({ name, meta }) => [name, ...meta.aliases.map((alias) => alias.name)]), ENV_FILE_NAME];
}

function unknownName(declaration: SettingsDeclaration<unknown>, name: string): string {
  const nearest = nearestName(name, validNames(declaration)) ?? ENV_FILE_NAME;
  return `${name} is not a setting of ${declaration.program} and sets nothing. Nearest valid name: ${nearest}.`;
}

function listing(heading: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${heading}: ${names.join(", ")}.`];
}
