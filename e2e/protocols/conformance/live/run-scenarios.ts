import { setTimeout as pause } from "node:timers/promises";
import { compareAnswers } from "../compare/compare-answers.ts";
import { intendedDifferences } from "../compare/intended.ts";
import { isListRoute } from "../compare/intentions/lists.ts";
import type { Row } from "../compare/verdict.ts";
import { madeNames } from "../steps/changes.ts";
import type { Scenario, Step } from "../steps/step.ts";
import { sendWire } from "../wire/send.ts";
import { askStep, type Side, type StepAnswer } from "./ask-step.ts";
import type { ModelChoice } from "./models.ts";

/** Two servers to compare, and how. */
export interface LiveRun {
  readonly direct: URL;
  readonly router: URL;
  readonly models: ModelChoice;
  readonly allowsChanges: boolean;
  /** The backend is simulated: whatever is asked of it harms nobody. */
  readonly isSimulated?: boolean;
  /** No answer takes longer, ms. */
  readonly timeoutMs: number;
  /** The router's lists may be behind so long, ms: it learns what its nodes have with their reports. */
  readonly reportMs: number;
  /** Told of each row as it is known. */
  readonly onRow?: (row: Row) => void;
}

const LOOK_EVERY_MS = 100;

/** Asks both sides every step: the backend twice, so that it is known what is stable, then the router. */
export async function runScenarios(scenarios: readonly Scenario[], run: LiveRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    for (const row of await runScenario(scenario, index, run)) {
      rows.push(row);
      run.onRow?.(row);
    }
  }
  return rows;
}

async function runScenario(scenario: Scenario, index: number, run: LiveRun): Promise<readonly Row[]> {
  const model = scenario.wish === undefined ? "" : run.models.modelFor(scenario.wish);
  const reason = whyNot(scenario, model, run);
  if (model === undefined || reason !== undefined) return scenario.steps.map((step) => notRun(step, reason ?? ""));
  const stamp = `${String(index).padStart(4, "0")}-${Date.now().toString(36)}`;
  const side = (url: URL, pass: string): Side => ({
    url,
    place: { model, host: url.host, mark: `${stamp}-${pass}` },
    timeoutMs: run.timeoutMs,
  });
  const direct = await askInTurn(scenario, side(run.direct, "a"), askStep);
  const again = await askInTurn(scenario, side(run.direct, "b"), askStep);
  return await askInTurn(scenario, side(run.router, "c"), (step, router, at) => {
    const [one, other] = [direct[at], again[at]];
    const isAnswered = one?.answer.endedBy !== "timeout" && other?.answer.endedBy !== "timeout";
    return one === undefined || other === undefined || !isAnswered
      ? notRun(step, `the backend itself gave no whole answer within ${run.timeoutMs / 1000} s`)
      : rowOf(step, router, { one, other, reportMs: run.reportMs });
  });
}

function whyNot(scenario: Scenario, model: string | undefined, run: LiveRun): string | undefined {
  const { wish, isChanging, onlySimulated } = scenario;
  if (onlySimulated !== undefined && run.isSimulated !== true) return onlySimulated;
  if (isChanging && !run.allowsChanges) return "changes a disk: only with --allow-changes";
  if (model !== undefined || wish === undefined) return undefined;
  const lacks = wish.lacks === undefined ? "" : ` and without ${wish.lacks.join(" and ")}`;
  return `no model with ${wish.has.join(" and ")}${lacks}`;
}

/** Asks one side every step, with nothing there that an earlier pass has made, and leaves nothing behind. */
async function askInTurn<Found>(
  { steps, isChanging }: Scenario,
  side: Side,
  ask: (step: Step, side: Side, at: number) => Found | Promise<Found>,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  if (isChanging) await removeMade(side);
  for (const [at, step] of steps.entries()) found.push(await ask(step, side, at));
  if (isChanging) await removeMade(side);
  return found;
}

async function removeMade({ url, timeoutMs }: Side): Promise<void> {
  for (const model of madeNames) {
    const body = Buffer.from(JSON.stringify({ model }));
    await sendWire(url, { method: "DELETE", path: "/api/delete", headers: [], body }, timeoutMs);
  }
}

interface DirectAnswers {
  readonly reportMs: number;
  readonly one: StepAnswer;
  readonly other: StepAnswer;
}

/** Asks the router and compares. A list is asked for again until the router has heard what the backend knows. */
async function rowOf(step: Step, router: Side, direct: DirectAnswers): Promise<Row> {
  const deadline = performance.now() + direct.reportMs;
  for (;;) {
    const row = compare(step, await askStep(step, router), direct);
    const mayBeBehind = isListRoute(step.route) && row.direct === 200 && row.router === 200;
    if (row.verdict.kind !== "different" || !mayBeBehind || performance.now() > deadline) return row;
    await pause(LOOK_EVERY_MS);
  }
}

function compare({ route, name }: Step, router: StepAnswer, { one, other }: Omit<DirectAnswers, "reportMs">): Row {
  const { answer: direct, followed } = one;
  const verdict = compareAnswers({
    route,
    step: name,
    direct,
    again: other.answer,
    router: router.answer,
    intended: intendedDifferences,
    ...(followed === undefined ? {} : { followed }),
  });
  return { route, step: name, direct: direct.status, router: router.answer.status, verdict };
}

const notRun = (step: Step, reason: string): Row => ({
  route: step.route,
  step: step.name,
  direct: undefined,
  router: undefined,
  verdict: { kind: "not run", reason },
});
