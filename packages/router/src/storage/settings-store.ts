import type { Connection } from "./connection.ts";
import { parseJson } from "./parse-json.ts";

/** Settings that were changed while the router ran. */
export interface SettingsStore {
  /** All values that can be read, by the setting's key. */
  load(): Readonly<Record<string, unknown>>;
  /**
   * Keeps these values, all or none, before it returns.
   * @throws SqliteError when the database cannot be written
   */
  save(values: Readonly<Record<string, unknown>>): void;
}

export interface SettingsStoreDependencies {
  readonly connection: Connection;
  /** Unix epoch ms. */
  readonly now: () => number;
}

/** The table `settings_overrides`. Changes are rare and must not be lost, so they are written at once. */
export function createSettingsStore({ connection, now }: SettingsStoreDependencies): SettingsStore {
  const read = connection.prepare<[], { readonly name: string; readonly value: string }>(
    "SELECT name, value FROM settings_overrides ORDER BY name",
  );
  const upsert = connection.prepare(
    `INSERT INTO settings_overrides (name, value, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  );
  const saveAll = connection.transaction((values: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(values)) upsert.run(name, JSON.stringify(value), now() / 1000);
  });
  return {
    load: () => {
      const stored = read.all().map(({ name, value }) => [name, parseJson(value)] as const);
      return Object.fromEntries(stored.filter(([, value]) => value !== undefined));
    },
    save: (values) => void saveAll(values),
  };
}
