import type { Severity } from "../health/check.ts";

/** One finding in a notice. */
export interface NoticeItem {
  /** It began, got worse, or is over. */
  readonly change: "began" | "worsened" | "ended";
  readonly checkId: string;
  readonly severity: Severity;
  readonly nodeId: string | undefined;
  readonly title: string;
  readonly description: string;
  readonly fix: string;
  readonly command: string | undefined;
  /** Unix epoch ms. */
  readonly since: number;
}

/** What is told at one time: everything that one look at the fleet changed. */
export interface Notice {
  /** Unix epoch ms. */
  readonly at: number;
  /** Name of the router's machine. */
  readonly router: string;
  readonly items: readonly NoticeItem[];
  /** Sent on request to try the way; it tells of no finding. */
  readonly isTest: boolean;
}

/** Items that a notice spells out; the others are counted. */
const MOST_SPELT = 10;

/** A few words: what has happened, most important first. */
export function noticeTitle({ router, items, isTest }: Notice): string {
  if (isTest) return `Herd on ${router}: a test`;
  const [first] = items;
  if (first !== undefined && items.length === 1)
    return `Herd on ${router}: ${first.change === "ended" ? "over: " : ""}${first.title}`;
  const over = items.filter(({ change }) => change === "ended").length;
  const parts = [count(items.length - over, "new finding"), count(over, "finding is over", "findings are over")];
  return `Herd on ${router}: ${parts.filter((part) => part !== "").join(", ")}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return number === 0 ? "" : `${number} ${number === 1 ? one : many}`;
}

/** The notice as plain lines. */
export function noticeText({ items, isTest }: Notice): string {
  if (isTest) return "Notices of this fleet's health arrive here.";
  const lines = items.slice(0, MOST_SPELT).map(lineOf);
  const more = items.length - MOST_SPELT;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function lineOf({ change, severity, title, description, fix, command }: NoticeItem): string {
  if (change === "ended") return `OVER: ${title}`;
  const how = command === undefined ? fix : `${fix}: ${command}`;
  return `${severity.toUpperCase()}: ${title}. ${description} Fix: ${how}`;
}

/** The worst of what is new; information when everything in it is over. */
export function noticeSeverity({ items }: Notice): Severity {
  const open = items.filter(({ change }) => change !== "ended").map(({ severity }) => severity);
  if (open.includes("critical")) return "critical";
  return open.includes("warning") ? "warning" : "info";
}
