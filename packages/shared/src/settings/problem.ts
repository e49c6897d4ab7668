/** Where a value came from, from the strongest source to the weakest. */
export type SettingOrigin =
  | { readonly source: "flag"; readonly name: string }
  | { readonly source: "environment"; readonly name: string }
  | { readonly source: "env-file"; readonly name: string; readonly path: string }
  | { readonly source: "saved" }
  | { readonly source: "config-file"; readonly name: string; readonly path: string }
  | { readonly source: "default" };

/** Why a program must not start with these settings. */
export interface SettingProblem {
  /** The setting's key, or the path of a file that cannot be read. */
  readonly field: string;
  /** What is wrong: setting, value, where it came from and what is allowed. */
  readonly statement: string;
  /** What to do about it. */
  readonly hint: string;
  /** Statement and hint together. */
  readonly text: string;
}

/** A value that lost against a stronger source. */
export interface OverriddenSetting {
  /** The setting's key. */
  readonly setting: string;
  /** The value as a person would write it. */
  readonly value: string;
  readonly origin: SettingOrigin;
  readonly by: SettingOrigin;
  /** The same as a sentence. */
  readonly text: string;
}

/** Puts a problem together. */
export function settingProblem(field: string, statement: string, hint: string): SettingProblem {
  return { field, statement, hint, text: `${statement} ${hint}` };
}

/** An origin in words, to stand behind "from" or "by". */
export function describeOrigin(origin: SettingOrigin): string {
  switch (origin.source) {
    case "flag":
      return `flag ${origin.name}`;
    case "environment":
      return `environment ${origin.name}`;
    case "env-file":
      return `${origin.name} in env file ${origin.path}`;
    case "saved":
      return "the saved settings";
    case "config-file":
      return `${origin.name} in config file ${origin.path}`;
    case "default":
      return "the default";
  }
}

const LONGEST_SHOWN = 80;

/** A value as JSON, cut where it is long. */
export function showValue(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= LONGEST_SHOWN ? json : `${json.slice(0, LONGEST_SHOWN)}…`;
}
