import type { SettingOrigin, SettingsResolution } from "@herd/shared";
import { type RouterSettings, routerSettings } from "../settings.ts";

/** Resolves all sources anew, with what the database keeps among them. */
export type ResolveWith = (saved: Readonly<Record<string, unknown>>) => SettingsResolution<RouterSettings>;

/** What the settings are at the start. */
export interface FirstSettings {
  readonly values: RouterSettings;
  /** Absent where there is nothing but the values, as in tests: then saved ones simply come on top. */
  readonly resolveWith?: ResolveWith | undefined;
}

const LIVE: SettingOrigin = { source: "saved" };

/** The settings of a running router: one object whose members always have the values of this moment. */
export class LiveSettings {
  /** Reading a member gives its present value; a copy of this object does not change any more. */
  readonly values: RouterSettings;
  readonly #resolveWith: ResolveWith | undefined;
  readonly #listeners = new Set<(keys: readonly string[]) => void>();
  #current: RouterSettings;
  #origins: Readonly<Record<string, SettingOrigin>> = {};

  constructor({ values, resolveWith }: FirstSettings) {
    this.#current = values;
    this.#resolveWith = resolveWith;
    this.values = this.#view(values);
  }

  /** Takes the saved values into account; stronger sources keep their say. Returns sentences worth a line in the log. */
  adopt(saved: Readonly<Record<string, unknown>>): readonly string[] {
    const resolved = this.#resolveWith?.(saved);
    if (resolved === undefined) {
      this.apply(saved);
      return [];
    }
    this.#origins = resolved.origins;
    // Bad values were told at the first reading, and the router does not start with them.
    if (resolved.problems.length === 0) this.#current = resolved.values;
    return resolved.notices;
  }

  /** Puts checked values in force, by key, whatever set them before. */
  apply(changes: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(changes)) {
      const path = routerSettings.entries.find((entry) => entry.key === key)?.path;
      if (path === undefined) continue;
      this.#current = withValue(this.#current, path, value);
      this.#origins = { ...this.#origins, [key]: LIVE };
    }
    for (const listener of this.#listeners) listener(Object.keys(changes));
  }

  /** Calls back with the keys after every change, for parts that hold something made of the settings. */
  onChange(listener: (keys: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  /** Where the present value of a setting came from. */
  originOf(key: string): SettingOrigin {
    return this.#origins[key] ?? { source: "default" };
  }

  /** The source that will win over a saved value at the next start; undefined where none will. */
  strongerThanSaved(key: string, value: unknown): SettingOrigin | undefined {
    const origin = this.#resolveWith?.({ [key]: value }).origins[key];
    return origin === undefined || origin.source === "saved" ? undefined : origin;
  }

  #view(values: RouterSettings): RouterSettings {
    const view = {};
    for (const key of Object.keys(values) as (keyof RouterSettings)[]) {
      Object.defineProperty(view, key, { enumerable: true, get: () => this.#current[key] });
    }
    return view as RouterSettings;
  }
}

function withValue(settings: RouterSettings, path: readonly string[], value: unknown): RouterSettings {
  const [property = "", member] = path;
  const group: unknown = Object.getOwnPropertyDescriptor(settings, property)?.value;
  const next = member === undefined ? value : { ...Object(group), [member]: value };
  return { ...settings, [property]: next };
}
