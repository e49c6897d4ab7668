import type { SettingsDeclaration } from "./declaration.ts";
import { type ReadText, readConfigFile, readEnvFile, type SoughtFile } from "./files/settings-files.ts";
import { type SettingProblem, settingProblem } from "./problem.ts";
import { resolveSettings, type SettingsResolution } from "./resolve-settings.ts";
import { ENV_FILE_NAME } from "./stray-names.ts";

/** What a program gives so that its settings can be found and read. */
export interface SettingsRequest<Values> {
  readonly declaration: SettingsDeclaration<Values>;
  /** What commander reports, by property name; `config` names the config file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `~` stands for. */
  readonly homeDir: string;
  /** What the database keeps, by key; absent before it is open. */
  readonly saved?: Readonly<Record<string, unknown>> | undefined;
  readonly readText: ReadText;
  /** Makes a path absolute. */
  readonly resolvePath: (path: string) => string;
}

/**
 * Finds and reads the env file (`FLEET_ENV_FILE`, else `env` in the data folder) and the config file (`--config`, else `config.json` in
 * the data folder) and resolves everything; `dataDir` comes back absolute. A file in the data folder is looked for in the folder that
 * the stronger sources name, so neither file can move the folder it lies in itself.
 */
export function loadSettings<Values extends { readonly dataDir: string }>(
  request: SettingsRequest<Values>,
): SettingsResolution<Values> {
  const { declaration, flags, env, readText } = request;
  const folder = ({ values }: SettingsResolution<Values>) => absolutePath(request, values.dataDir);
  const { data_dir: _, ...saved } = request.saved ?? {};
  const namedConfig = namedFile(request, "flag --config", flags["config"]);
  const early = namedConfig && readConfigFile(namedConfig, readText);
  const given = { declaration, flags, env, configFile: early?.content };
  const envFile = readEnvFile(soughtEnvFile(request, folder(resolveSettings(given))), readText);
  const filed = { ...given, envFile: envFile.content };
  const dataDir = folder(resolveSettings(filed));
  const config = early ?? readConfigFile({ path: `${dataDir}/config.json`, namedBy: undefined }, readText);
  const resolution = resolveSettings({ ...filed, configFile: config.content, saved });
  return {
    ...resolution,
    values: Object.freeze({ ...resolution.values, dataDir: folder(resolution) }),
    problems: [
      ...envFile.problems,
      ...config.problems,
      ...resolution.problems,
      ...movedFolder(folder(resolution), dataDir),
    ],
    notices: [...envFile.notices, ...config.notices, ...resolution.notices],
  };
}

function soughtEnvFile<Values>(request: SettingsRequest<Values>, folder: string): SoughtFile {
  const name = request.env[ENV_FILE_NAME] || undefined;
  return namedFile(request, `environment ${ENV_FILE_NAME}`, name) ?? { path: `${folder}/env`, namedBy: undefined };
}

function namedFile<Values>(request: SettingsRequest<Values>, namedBy: string, given: unknown): SoughtFile | undefined {
  return typeof given === "string" ? { path: absolutePath(request, given), namedBy } : undefined;
}

function absolutePath<Values>({ homeDir, resolvePath }: SettingsRequest<Values>, path: string): string {
  return resolvePath(path.replace(/^~(?=$|[/\\])/, () => homeDir));
}

function movedFolder(wanted: string, folder: string): SettingProblem[] {
  if (wanted === folder) return [];
  const statement = `data_dir = ${JSON.stringify(wanted)} stands in ${folder}/config.json, which lies in another data folder.`;
  return [settingProblem("data_dir", statement, "Give --data-dir or an environment variable instead.")];
}
