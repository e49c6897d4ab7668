import { withCleanup } from "../../support/cleanup.ts";
import type { Row } from "./compare/verdict.ts";
import { chooseModels, readModels, sharedModels } from "./live/models.ts";
import { everyWish, recordedMachine, type Stage, startOwnStage } from "./live/own-stage.ts";
import { runScenarios } from "./live/run-scenarios.ts";
import type { Order } from "./read-order.ts";
import { clientSessions } from "./recorded/client-sessions.ts";
import { ownRecordings, readExchanges } from "./recorded/recorded-exchange.ts";
import { startRecordedStage } from "./recorded/recorded-stage.ts";
import { runRecordings } from "./recorded/run-recordings.ts";
import { allScenarios } from "./steps/all-scenarios.ts";
import type { Scenario } from "./steps/step.ts";

/** A real engine may load a big model first, ms. */
const LIVE_MS = 300_000;
/** An agent reads its machine's models anew every ten seconds, ms. */
const REPORT_MS = 15_000;
/** Simulated time takes none, ms. */
const OWN_MS = 20_000;

/** Runs what was ordered. @throws ConformanceProblem when it cannot be run */
export async function runOrder(order: Order, onRow: (row: Row) => void): Promise<readonly Row[]> {
  const { only } = order;
  switch (order.kind) {
    case "live": {
      const [direct, router] = [await readModels(order.direct), await readModels(order.router)];
      const models = chooseModels(sharedModels(direct, router), order.model);
      return await runScenarios(scenariosFor(only), {
        ...order,
        models,
        timeoutMs: LIVE_MS,
        reportMs: REPORT_MS,
        onRow,
      });
    }
    case "own":
      return await runOwnSteps(only, onRow);
    case "recordings":
      return await withSessions(order, onRow);
  }
}

/** The checkout's own recordings have the sessions of the clients beside them. */
async function withSessions({ folder, only }: RecordedOrder, onRow: (row: Row) => void): Promise<readonly Row[]> {
  const rows = await runRecorded({ folder, only, onRow });
  return folder === undefined && only === undefined ? [...rows, ...(await runSessions(onRow))] : rows;
}

/** Every step against a simulated Ollama and a router in front of an equal one. */
export function runOwnSteps(only: string | undefined, onRow?: (row: Row) => void): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => runOnStage(await startOwnStage(cleanup, everyWish), scenariosFor(only), onRow));
}

/** The recorded requests of the clients against a machine like the recorded one, and a router in front of an equal one. */
export function runSessions(onRow?: (row: Row) => void): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) =>
    runOnStage(await startOwnStage(cleanup, recordedMachine), clientSessions(), onRow),
  );
}

/** What of the recordings is run. */
interface RecordedOrder {
  /** Default: the checkout's own. */
  readonly folder?: string | undefined;
  readonly only?: string | undefined;
  readonly onRow?: (row: Row) => void;
}

/** Recorded exchanges through a router in front of their replay. */
export async function runRecorded({
  folder = ownRecordings,
  only = "",
  onRow,
}: RecordedOrder): Promise<readonly Row[]> {
  const told = onRow === undefined ? {} : { onRow };
  const exchanges = readExchanges(folder);
  const wanted = exchanges.filter(({ request }) => `${request.method} ${request.path}`.includes(only));
  return await withCleanup(async (cleanup) => {
    const stage = await startRecordedStage(cleanup, folder, exchanges);
    return await runRecordings(wanted, { ...stage, timeoutMs: OWN_MS, ...told });
  });
}

async function runOnStage(
  stage: Stage,
  scenarios: readonly Scenario[],
  onRow?: (row: Row) => void,
): Promise<readonly Row[]> {
  const models = chooseModels(await readModels(stage.direct), undefined);
  const told = onRow === undefined ? {} : { onRow };
  return await runScenarios(scenarios, {
    ...stage,
    models,
    allowsChanges: true,
    isSimulated: true,
    timeoutMs: OWN_MS,
    reportMs: REPORT_MS,
    ...told,
  });
}

/** The scenarios with a step on such a route; a scenario stays whole, since its steps build on each other. */
const scenariosFor = (only = ""): readonly Scenario[] =>
  allScenarios.filter(({ steps }) => steps.some(({ route }) => route.includes(only)));
