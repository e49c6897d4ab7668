import type { PartResult, Surroundings } from "./findings.ts";
import { renderPart, renderTargets } from "./render-part.ts";

const HEAD = `# Benchmarks

What the way through herd costs, measured on one machine against the same backends reached directly and through nginx.
This page is written by the bench: \`npm run bench -- --write\` measures everything but the soak, \`npm run bench -- gateway
--write\` one part and leaves the others as they are, \`npm run bench -- soak --minutes 30 --write\` the soak. Numbers are
medians of several rounds in which the ways take turns; load, backend and proxy share the machine's cores. nginx stands for
the least that a proxy can cost: workers auto, upstream keepalive 64, HTTP/1.1, buffering off. herd runs with a user's
settings: everything by default, traces and logs on, a data folder of its own.
`;

/** The results page. */
export function renderPage(results: readonly PartResult[]): string {
  const targets = results.flatMap((result) => (result.isShort ? [] : result.targets));
  const blocks = [
    HEAD,
    ...machinesOf(results),
    ...(targets.length === 0 ? [] : [`## Wanted and measured\n\n${renderTargets(targets)}\n`]),
    ...results.map(renderPart),
  ];
  return blocks.join("\n");
}

/** Each machine once, with the parts that were measured there. */
function machinesOf(results: readonly PartResult[]): readonly string[] {
  const groups = Map.groupBy(results, ({ surroundings }) => lineOf(surroundings));
  return [...groups].map(([line, parts]) => {
    const names = groups.size === 1 ? "" : ` (${parts.map(({ part }) => part).join(", ")})`;
    return `Machine${names}: ${line}.\n`;
  });
}

const lineOf = ({ machine, system, versions }: Surroundings): string => `${machine}; ${system}; ${versions}`;
