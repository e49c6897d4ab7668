import { InvalidArgumentError } from "commander";
import type { Flag, Order } from "./command.ts";

/** `--since`: a span before now, or a moment. */
export const sinceFlag: Flag = {
  syntax: "--since <time>",
  meaning: "only later ones: 30m, 6h, 2d, or a time such as 2026-11-22T10:00",
  completes: [],
  read: sinceOf,
};

/** The moment from which on the order wants something, Unix epoch seconds; undefined where it says nothing. */
export function momentOf({ flags, shell }: Order): number | undefined {
  const asked = flags["since"] as Span | Moment | undefined;
  if (asked === undefined) return undefined;
  return Math.max(0, "ms" in asked ? shell.now() - asked.ms : asked.at) / 1000;
}

interface Span {
  readonly ms: number;
}
interface Moment {
  readonly at: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function sinceOf(typed: string): Span | Moment {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(typed.trim()) ?? [];
  if (count !== undefined) return { ms: Number(count) * (UNIT_MS[unit] ?? 0) };
  const at = /^\d{9,11}(\.\d+)?$/.test(typed) ? Number(typed) * 1000 : Date.parse(typed);
  if (!Number.isNaN(at)) return { at };
  throw new InvalidArgumentError("It must be a span such as 30m, 6h or 2d, or a time such as 2026-11-22T10:00.");
}
