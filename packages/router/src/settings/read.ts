import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadSettings, type SettingsResolution } from "@herd/shared";
import { type RouterSettings, routerSettings } from "./settings.ts";

/** Where the router's settings may come from. */
export interface SettingsSurroundings {
  /** What commander reports, by property name; `config` names the config file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `~` stands for. */
  readonly homeDir: string;
  /** What the database keeps, by key; absent before it is open. */
  readonly saved?: Readonly<Record<string, unknown>>;
}

/**
 * Reads the env file and the config file and resolves the router's settings. `dataDir` is absolute. Where there are problems, the
 * router must not start. To take the saved settings into account, call again once the database is open.
 */
export function readSettings(surroundings: SettingsSurroundings): SettingsResolution<RouterSettings> {
  return loadSettings({
    ...surroundings,
    declaration: routerSettings,
    readText: (path) => readFileSync(path, "utf8"),
    resolvePath: (path) => resolve(path),
  });
}
