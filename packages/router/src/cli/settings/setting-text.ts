import { type Cell, type Column, harmlessText, jsonText } from "@herd/shared/terminal";
import type { Page } from "../frame/shell.ts";
import type { SettingRead } from "./settings-form.ts";

/** Columns of the table of settings. */
export const settingColumns: readonly Column[] = [
  { title: "SETTING" },
  { title: "VALUE", least: 8 },
  { title: "UNIT", goesAt: 3 },
  { title: "FROM", least: 8, goesAt: 2 },
  { title: "ALLOWED", least: 12, goesAt: 1 },
];

/** A setting as a row of that table. */
export function settingRow({ key, value, unit, origin, range, default: usual }: SettingRead): readonly Cell[] {
  const isUsual = jsonText(value, 0) === jsonText(usual, 0);
  return [
    key,
    { text: shownValue(value), tone: isUsual ? undefined : "strong" },
    unit ?? "",
    { text: origin, tone: isUsual ? "quiet" : undefined },
    range,
  ];
}

/** A value as it could be typed. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string"))
    return value.length === 0 ? "none" : value.join(",");
  return jsonText(value, 0);
}

/** One setting in words. */
export function settingText(setting: SettingRead, { paint }: Page): string {
  const { key, value, unit, origin, range, default: usual, meaning, is_live } = setting;
  const lines: readonly (readonly [string, string])[] = [
    ["default", shownValue(usual)],
    ["from", origin],
    ["allowed", range],
    [
      "changes",
      is_live ? "while the router runs: herd settings set" : "at a start only: config.json, environment or flag",
    ],
    ["meaning", meaning],
  ];
  const head = `${paint(harmlessText(key), "strong")} = ${harmlessText(shownValue(value))}${unit ? ` ${harmlessText(unit)}` : ""}\n`;
  return (
    head + lines.map(([name, said]) => (said === "" ? "" : `  ${name.padEnd(9)} ${harmlessText(said)}\n`)).join("")
  );
}
