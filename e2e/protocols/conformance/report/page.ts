import { intendedDifferences } from "../compare/intended.ts";
import type { Row } from "../compare/verdict.ts";
import { recordedGroups } from "../recorded/recorded-differences.ts";
import { cellsOf, totalsOf, verdictText } from "./table.ts";

/** What a page is made of. */
export interface PageParts {
  /** The steps, against the simulated Ollama. */
  readonly steps: readonly Row[];
  readonly recordings: readonly Row[];
  readonly sessions: readonly Row[];
  /** `2026-11-22`. */
  readonly date: string;
}

const head = ["Route", "Step", "Direct", "Router", "Verdict"];

/** docs/conformance.md. */
export function renderPage({ steps, recordings, sessions, date }: PageParts): string {
  return `# Conformance

<!-- Written by \`npm run conformance -- --write\`: do not edit. -->

One Ollama and a router in front of an equal one are asked the same, and the answers are compared byte by byte; only ids, dates
and durations are masked. ${date}, Ollama 0.24.0 as simulated and as recorded.

| Run | Result |
|---|---|
| every step, a simulated Ollama beside a router in front of an equal one | ${totalsOf(steps)} |
| every recorded exchange of a real Ollama 0.24.0, through a router in front of its replay | ${totalsOf(recordings)} |
| the recorded requests of ten real clients, one after the other | ${totalsOf(sessions)} |

Against your own Ollama and any router: \`npm run conformance -- --direct http://127.0.0.1:11434 --router http://127.0.0.1:11435\`
(\`--help\` tells the rest). Reading and inference only; with \`--allow-changes\` also what changes a disk, on names
\`herd-conformance-*\` that the suite makes and removes itself.

- **equal**: status, headers, framing, body and the way it ended are the same. Headers of one connection, Date, and the headers
  that the router adds to every answer (\`X-Request-Id\`, \`X-Fleet-*\`, \`X-Herd-*\`) are not compared; where HTTP chunks end is not either.
- **equal in form**: the backend's own two answers to the same request differ; the router's has the same form.
- **intended difference**: one of the list below, and nothing else.
- **DIFFERENT**: anything else. The command then ends with 1.

## Intended differences

| Name | What and why |
|---|---|
${[...intendedDifferences, ...recordedGroups].map(({ name, reason }) => `| ${name} | ${reason} |`).join("\n")}

## Steps

${markdown(steps.map(cellsOf))}

## Recordings that are not equal

${markdown(recordings.filter(isWorthARow).map(cellsOf))}

The other ${recordings.filter((row) => !isWorthARow(row)).length} of ${recordings.length} recordings are equal.

## Requests of clients that are not equal

${markdown(sessions.filter(isWorthARow).map(cellsOf))}

The other ${sessions.filter((row) => !isWorthARow(row)).length} of ${sessions.length} requests are equal.
`;
}

const isWorthARow = ({ verdict }: Row): boolean => verdictText(verdict) !== "equal";

function markdown(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...lines].join("\n");
}
