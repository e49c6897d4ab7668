/**
 * What a typed word stands for, judged by the values that the setting has; whether it is allowed is for the router to
 * say, so what does not fit is handed on as it was typed.
 */
export function typedValue(typed: string, setting: { readonly value?: unknown; readonly default?: unknown }): unknown {
  const present = setting.value ?? setting.default;
  if (typeof present === "boolean") return toggleOf(typed);
  if (typeof present === "number") return numberOf(typed);
  if (typeof present === "string") return typed === '""' ? "" : typed;
  if (Array.isArray(present)) return listOf(typed);
  return jsonOf(typed) ?? typed;
}

const TOGGLES: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  "1": true,
  false: false,
  off: false,
  no: false,
  "0": false,
};

const toggleOf = (typed: string): unknown => TOGGLES[typed.toLowerCase()] ?? typed;

const numberOf = (typed: string): unknown =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(typed.trim()) ? Number(typed) : typed;

function listOf(typed: string): unknown {
  if (typed === "" || typed === "none" || typed === '""') return [];
  const json = jsonOf(typed);
  return Array.isArray(json) ? json : typed.split(",").map((one) => one.trim());
}

function jsonOf(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    // No JSON: a plain word.
    return undefined;
  }
}
