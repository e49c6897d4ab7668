import type { Part, Plan } from "./parts/part.ts";
import { missingPrograms } from "./processes/programs.ts";
import { describeMachine } from "./report/describe-machine.ts";
import type { PartResult } from "./report/findings.ts";
import { renderPart } from "./report/render-part.ts";

/** What was measured; which parts this machine cannot run, and which broke down, in sentences. */
export interface RunResult {
  readonly results: readonly PartResult[];
  readonly leftOut: readonly string[];
  readonly broken: readonly string[];
}

/** Runs parts one after the other, and prints what each has found as soon as it has. */
export async function runParts(parts: readonly Part[], plan: Omit<Plan, "say">): Promise<RunResult> {
  const results: PartResult[] = [];
  const leftOut: string[] = [];
  const broken: string[] = [];
  for (const part of parts) {
    const reason = reasonAgainst(part);
    if (reason !== undefined) {
      leftOut.push(`${part.name} is left out: ${reason}`);
      continue;
    }
    try {
      const result = await runPart(part, plan);
      results.push(result);
      console.log(renderPart(result));
    } catch (error) {
      // One part that breaks down must not cost the results of the others.
      broken.push(`${part.name} broke down: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { results, leftOut, broken };
}

async function runPart(part: Part, plan: Omit<Plan, "say">): Promise<PartResult> {
  const surroundings = describeMachine();
  const startedAt = performance.now();
  const say = (line: string): void => console.error(`bench: ${part.name}: ${line}`);
  const findings = await part.measure({ ...plan, say });
  const tookS = (performance.now() - startedAt) / 1000;
  return { part: part.name, title: part.title, surroundings, tookS, isShort: plan.isShort, ...findings };
}

/** Why a part cannot run here; undefined when it can. */
function reasonAgainst({ programs }: Part): string | undefined {
  if (process.platform !== "linux") return "it reads CPU time and memory from Linux's /proc.";
  const missing = missingPrograms(programs);
  if (missing.length === 0) return undefined;
  return `${missing.join(" and ")} must be installed first (Debian: apt-get install nginx-light wrk).`;
}
