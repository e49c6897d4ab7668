import { nearestName } from "@herd/shared";
import { z } from "zod";
import { type RouterSettings, routerSettings } from "../settings.ts";
import { absentToggles, laterNames } from "../unused-names.ts";

/** A change that somebody asks for: refused with the field and the fix, or the values by key that differ from the present ones. */
export type ChangeVerdict =
  | { readonly kind: "accepted"; readonly changes: Readonly<Record<string, unknown>> }
  | {
      readonly kind: "refused";
      readonly code: "HERD_BAD_SETTING" | "HERD_NOT_YET";
      /** The setting's key. */
      readonly field: string;
      readonly message: string;
      readonly hint: string;
    };

type Entry = (typeof routerSettings.entries)[number];
type Refusal = Extract<ChangeVerdict, { kind: "refused" }>;

const entriesByKey: ReadonlyMap<string, Entry> = new Map(routerSettings.entries.map((entry) => [entry.key, entry]));
const groups: ReadonlySet<string> = new Set(
  routerSettings.entries.flatMap(({ key, path }) => (path.length > 1 ? [key.slice(0, key.lastIndexOf("."))] : [])),
);

/** Judges a change as a whole: one bad member refuses all of it. Members of a group may be nested, or named `group.member`. */
export function judgeChange(wanted: unknown, present: RouterSettings): ChangeVerdict {
  if (!isMembers(wanted)) {
    return bad("", "the body must be a JSON object of settings", 'For example {"context_protection": "warn"}');
  }
  const changes: (readonly [string, unknown])[] = [];
  for (const [key, value] of flat(wanted)) {
    const judged = judgeMember(key, value, present);
    if ("kind" in judged) return judged;
    changes.push(...judged.changes);
  }
  return inOrder(present, Object.fromEntries(changes));
}

type Judged = { readonly changes: readonly (readonly [string, unknown])[] } | Refusal;

function judgeMember(key: string, value: unknown, present: RouterSettings): Judged {
  const entry = entriesByKey.get(key);
  if (entry === undefined) return judgeUnknown(key, value) ?? { changes: [] };
  const judged = judgeValue(entry, value);
  if ("kind" in judged) return judged;
  return { changes: isSame(judged.value, valueAt(present, entry.path)) ? [] : [[key, judged.value]] };
}

const flat = (members: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.entries(members).flatMap(([key, value]): (readonly [string, unknown])[] =>
    groups.has(key) && isMembers(value)
      ? Object.entries(value).map(([member, inner]) => [`${key}.${member}`, inner])
      : [[key, value]],
  );

function judgeValue(entry: Entry, given: unknown): { readonly value: unknown } | Refusal {
  const { key, meta, schema } = entry;
  if (!meta.isLive) {
    return bad(
      key,
      `${key} cannot change while the router runs`,
      `Set it in config.json or by ${entry.name}, and restart the router`,
    );
  }
  const isPlain = isPlainValue(given, DEEPEST);
  const parsed = z.safeParse(schema, isPlain ? prepared(schema, given) : null);
  if (parsed.success) return { value: parsed.data };
  return bad(
    key,
    `${key} = ${isPlain ? shownValue(given) : "what was sent"} is not ${meta.reader.expected}`,
    `Set it to ${meta.reader.example || meta.range}`,
  );
}

/** Lists and maps of texts and numbers, and no setting is deeper. */
const DEEPEST = 3;
const LONGEST_SHOWN = 120;

/** Neither too deep, nor with signs that steer terminals, nor with the name that every object has a meaning for. */
function isPlainValue(value: unknown, depth: number): boolean {
  if (typeof value === "string") return !/\p{Cc}/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  return Object.entries(value).every(
    ([name, inner]) => name !== "__proto__" && isPlainValue(name, depth) && isPlainValue(inner, depth - 1),
  );
}

const shownValue = (value: unknown): string => shortened(JSON.stringify(value) ?? "nothing");

const shortened = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

/** As with the predecessor, a number that is not positive takes its entry out of a map of numbers. */
function prepared(schema: Entry["schema"], given: unknown): unknown {
  const isOfTexts = z.safeParse(schema, { name: "text" }).success;
  if (!isMembers(given) || isOfTexts) return given;
  return Object.fromEntries(Object.entries(given).filter(([, value]) => !(typeof value === "number" && value <= 0)));
}

/** undefined for toggles of the predecessor that are off because nothing is there: wanting them off changes nothing. */
function judgeUnknown(key: string, value: unknown): Refusal | undefined {
  if (value === false && absentToggles.has(key)) return undefined;
  if (laterNames.env.includes(`FLEET_${key.toUpperCase()}`)) {
    return {
      kind: "refused",
      code: "HERD_NOT_YET",
      field: key,
      message: `${key}: this version of herd does not have that setting yet`,
      hint: "GET /dashboard/api/settings lists those it has",
    };
  }
  const field = shortened(key);
  const nearest = key.length > LONGEST_SHOWN ? undefined : nearestName(key, [...entriesByKey.keys()]);
  const hint = nearest === undefined ? "" : `The nearest name is ${nearest}. `;
  return bad(field, `there is no setting '${field}'`, `${hint}GET /dashboard/api/settings lists them all`);
}

/** Settings that must stand above one another still have to. */
function inOrder(present: RouterSettings, changes: Readonly<Record<string, unknown>>): ChangeVerdict {
  const numberOf = (key: string): number => {
    const path = entriesByKey.get(key)?.path ?? [];
    return Number(Object.hasOwn(changes, key) ? changes[key] : valueAt(present, path));
  };
  const broken = routerSettings.ascending.find(({ low, high, orEqual }) => {
    const [lower, upper] = [numberOf(low), numberOf(high)];
    const isConcerned = Object.hasOwn(changes, low) || Object.hasOwn(changes, high);
    return isConcerned && !(lower < upper || (orEqual && lower === upper));
  });
  if (broken === undefined) return { kind: "accepted", changes };
  const { low, high } = broken;
  const field = Object.hasOwn(changes, high) ? high : low;
  return bad(
    field,
    `${high} = ${numberOf(high)} must be above ${low} = ${numberOf(low)}`,
    `Raise ${high} or lower ${low}`,
  );
}

const bad = (field: string, message: string, hint: string): Refusal => ({
  kind: "refused",
  code: "HERD_BAD_SETTING",
  field,
  message,
  hint,
});

/** The value that stands at a path of the settings. */
export function valueAt(settings: RouterSettings, path: readonly string[]): unknown {
  return path.reduce<unknown>((outer, name) => (isMembers(outer) ? outer[name] : undefined), settings);
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
