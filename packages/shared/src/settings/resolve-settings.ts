import { z } from "zod";
import type { AscendingRule, SettingEntry, SettingsDeclaration } from "./declaration.ts";
import { collectOffers, type Offer, type SettingSources } from "./offers.ts";
import {
  describeOrigin,
  type OverriddenSetting,
  type SettingOrigin,
  type SettingProblem,
  settingProblem,
  showValue,
} from "./problem.ts";
import { findStrayNames } from "./stray-names.ts";

/** The settings of a program, and how they came about. */
export interface SettingsResolution<Values> {
  /** Typed and frozen. A setting with a problem has its default here. */
  readonly values: Values;
  /** Where each value came from, by key. */
  readonly origins: Readonly<Record<string, SettingOrigin>>;
  /** Values that lost against a stronger source. */
  readonly overridden: readonly OverriddenSetting[];
  /** Anything here: do not start. */
  readonly problems: readonly SettingProblem[];
  /** Sentences worth a line at the start, none of them fatal. */
  readonly notices: readonly string[];
}

/** One setting after its sources have been weighed. */
interface Settled {
  readonly entry: SettingEntry;
  readonly value: unknown;
  readonly origin: SettingOrigin;
  readonly overridden: readonly OverriddenSetting[];
  readonly problems: readonly SettingProblem[];
  readonly notices: readonly string[];
}

/**
 * Weighs all sources: flag > environment > env file > saved > config file > default. The strongest source that names a setting decides,
 * and if its value is bad, that is a problem: a weaker source never takes over in silence. Two exceptions, both notices: a bad saved
 * value is passed over, because nobody could correct it while the program does not start; and so is a bad value that has lost anyway.
 */
export function resolveSettings<Values>(
  request: SettingSources & { readonly declaration: SettingsDeclaration<Values> },
): SettingsResolution<Values> {
  const { declaration } = request;
  const offersOf = collectOffers(declaration, request);
  const settled = declaration.entries.map((entry) => settle(entry, offersOf(entry)));
  const strays = findStrayNames(declaration, request);
  const problems = [...settled.flatMap((setting) => setting.problems), ...strays.problems];
  const overridden = settled.flatMap((setting) => setting.overridden);
  const lostSaved = overridden.filter(({ origin }) => origin.source === "saved");
  return {
    values: declaration.schema.parse(assemble(settled)),
    origins: Object.fromEntries(settled.map(({ entry, origin }) => [entry.key, origin])),
    overridden,
    problems: problems.length > 0 ? problems : checkOrder(declaration.ascending, settled),
    notices: [
      ...settled.flatMap((setting) => setting.notices),
      ...lostSaved.map(({ text }) => text),
      ...strays.notices,
    ],
  };
}

type Tried = { readonly offer: Offer; readonly parsed: z.core.util.SafeParseResult<unknown> };

function settle(entry: SettingEntry, offers: readonly Offer[]): Settled {
  const tried = offers.map((offer) => tryOffer(entry, offer));
  const winner = tried.find(({ offer, parsed }) => parsed.success || offer.origin.source !== "saved");
  const origin = winner?.offer.origin ?? { source: "default" };
  const others = tried.filter((one) => one !== winner);
  const bad = others.filter(({ parsed }) => !parsed.success);
  return {
    entry,
    origin,
    value: winner?.parsed.success ? winner.parsed.data : entry.defaultValue,
    overridden: others.filter(({ parsed }) => parsed.success).map(({ offer }) => overriddenBy(entry, offer, origin)),
    problems: winner === undefined || winner.parsed.success ? [] : [badValue(entry, winner.offer)],
    notices: bad.map(
      ({ offer }) => `${badValue(entry, offer).statement} It is not used; ${describeOrigin(origin)} is.`,
    ),
  };
}

function tryOffer({ schema }: SettingEntry, offer: Offer): Tried {
  const value = typeof offer.given === "string" ? offer.reader.read(offer.given) : offer.given;
  return { offer, parsed: z.safeParse(schema, value === undefined ? null : value) };
}

function badValue({ key, meta }: SettingEntry, { given, origin, reader }: Offer): SettingProblem {
  const example = reader.example === "" ? meta.range : `for example ${reader.example}`;
  return settingProblem(
    key,
    `${key} = ${showValue(given)} (from ${describeOrigin(origin)}) is not ${reader.expected}.`,
    `Set it to ${example}, or remove it.`,
  );
}

function overriddenBy({ key }: SettingEntry, { given, origin }: Offer, by: SettingOrigin): OverriddenSetting {
  const value = showValue(given);
  const text = `${key} = ${value} (from ${describeOrigin(origin)}) is overridden by ${describeOrigin(by)}.`;
  return { setting: key, value, origin, by, text };
}

function assemble(settled: readonly Settled[]): unknown {
  const root = new Map<string, unknown>();
  for (const { entry, value } of settled) {
    const [property = "", member] = entry.path;
    if (member === undefined) root.set(property, value);
    else root.set(property, { ...Object(root.get(property)), [member]: value });
  }
  return Object.fromEntries(root);
}

function checkOrder(rules: readonly AscendingRule[], settled: readonly Settled[]): SettingProblem[] {
  return rules.flatMap(({ low, high, orEqual }) => {
    const lower = settled.find(({ entry }) => entry.key === low);
    const upper = settled.find(({ entry }) => entry.key === high);
    const [from, to] = [Number(lower?.value), Number(upper?.value)];
    if (lower === undefined || upper === undefined || from < to || (orEqual && from === to)) return [];
    const relation = orEqual ? "is below" : "is not above";
    const statement = `${showSettled(upper)} ${relation} ${showSettled(lower)}.`;
    return [settingProblem(high, statement, `Raise ${high} or lower ${low}.`)];
  });
}

function showSettled({ entry, value, origin }: Settled): string {
  return `${entry.key} = ${showValue(value)} (from ${describeOrigin(origin)})`;
}
