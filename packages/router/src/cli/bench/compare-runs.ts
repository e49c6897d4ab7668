import { type Cell, harmlessText, table } from "@herd/shared/terminal";
import type { Seen } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Order } from "../frame/command.ts";
import type { Page } from "../frame/shell.ts";
import type { Run } from "./bench-forms.ts";
import { runOf } from "./bench-looks.ts";

/** Two runs side by side. */
export async function compareRuns({ shell, words }: Order): Promise<Seen | Trouble> {
  const [one, other] = [await runOf(shell, words[0] ?? ""), await runOf(shell, words[1] ?? "")];
  if (one.kind === "none") return one;
  if (other.kind === "none") return other;
  const changes = [...wholeChanges(one.run, other.run), ...partChanges(one.run, other.run)];
  return {
    kind: "seen",
    content: { before: one.run.run_id, after: other.run.run_id, changes },
    text: (page) => changesText([one.run, other.run], changes, page),
  };
}

interface Change {
  readonly what: string;
  readonly before: number;
  readonly after: number;
  /** Per cent of the first; null where that is 0. */
  readonly change_pct: number | null;
  /** Whether the second is better; null where they are the same. */
  readonly is_better: boolean | null;
}

const MORE_IS_BETTER = ["tokens_per_sec", "requests_per_sec"] as const;
const LESS_IS_BETTER = ["ttft_p50_ms", "ttft_p95_ms", "latency_p50_ms", "latency_p95_ms", "total_failures"] as const;

const WORDS = {
  tokens_per_sec: "tokens/s",
  requests_per_sec: "requests/s",
  ttft_p50_ms: "first token, median (ms)",
  ttft_p95_ms: "first token, 95 % (ms)",
  latency_p50_ms: "time, median (ms)",
  latency_p95_ms: "time, 95 % (ms)",
  total_failures: "failed requests",
} as const;

function wholeChanges(one: Run, other: Run): readonly Change[] {
  const of = (name: (typeof MORE_IS_BETTER | typeof LESS_IS_BETTER)[number], isMoreBetter: boolean) =>
    changeOf(WORDS[name], [one[name], other[name]], isMoreBetter);
  return [...MORE_IS_BETTER.map((name) => of(name, true)), ...LESS_IS_BETTER.map((name) => of(name, false))].flat();
}

/** Models and machines that both have. */
function partChanges(one: Run, other: Run): readonly Change[] {
  const lists = [
    ["model", one.per_model_results, other.per_model_results],
    ["node_id", one.per_node_results, other.per_node_results],
  ] as const;
  return lists.flatMap(([name, before, after]) =>
    before.flatMap((row) => {
      const same = after.find((candidate) => candidate[name] === row[name]);
      return same === undefined ? [] : changeOf(`${String(row[name])} tokens/s`, [row["tok_s"], same["tok_s"]], true);
    }),
  );
}

function changeOf(
  what: string,
  [before, after]: readonly [unknown, unknown],
  isMoreBetter: boolean,
): readonly Change[] {
  if (typeof before !== "number" || typeof after !== "number") return [];
  const change_pct = before === 0 ? null : Math.round(((after - before) / before) * 1000) / 10;
  return [{ what, before, after, change_pct, is_better: before === after ? null : after > before === isMoreBetter }];
}

function changesText([one, other]: readonly [Run, Run], changes: readonly Change[], { width, paint }: Page): string {
  const number = (value: number): string => String(Math.round(value * 10) / 10);
  const rows = changes.map(({ what, before, after, change_pct, is_better }): readonly Cell[] => [
    what,
    number(before),
    number(after),
    {
      text: change_pct === null ? "-" : `${change_pct > 0 ? "+" : ""}${change_pct} %`,
      tone: is_better === null ? undefined : is_better ? "good" : "bad",
    },
  ]);
  const columns = ["", harmlessText(one.run_id), harmlessText(other.run_id), "CHANGE"].map((title, at) => ({
    title,
    least: 10,
    ...(at === 0 ? {} : { side: "right" as const }),
  }));
  return rows.length === 0 ? "These runs have nothing in common.\n" : table({ columns, rows, width, paint });
}
