import { harmlessText, type Tone } from "@herd/shared/terminal";
import type { Page } from "../frame/shell.ts";

const TONES: Readonly<Record<string, Tone>> = { DEBUG: "quiet", WARNING: "warning", ERROR: "bad", CRITICAL: "bad" };

/** A line of the log as a person reads it: time, level, sentence, then what it is about. */
export function logText(line: Readonly<Record<string, unknown>>, { paint }: Page): string {
  const { ts, level, logger, msg, exception, ...facts } = line;
  const at = new Date(String(ts));
  const time = Number.isNaN(at.getTime()) ? "-" : `${at.toLocaleDateString("sv")} ${at.toTimeString().slice(0, 8)}`;
  const word = harmlessText(String(level ?? "").padEnd(8));
  const about = Object.entries({ logger, ...facts }).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}=${valueText(value)}`],
  );
  const cause = exception === undefined ? "" : causeText(String(exception));
  const sentence = harmlessText(String(msg ?? ""));
  return `${paint(time, "quiet")} ${paint(word, TONES[String(level)])} ${sentence} ${paint(harmlessText(about.join(" ")), "quiet")}\n${cause}`;
}

/** A value with blanks would look like several. */
const valueText = (value: unknown): string =>
  typeof value === "string" && !/[\s"=]/.test(value) ? value : JSON.stringify(value);

const causeText = (exception: string): string =>
  exception
    .split("\n")
    .map((one) => `    ${harmlessText(one)}\n`)
    .join("");
