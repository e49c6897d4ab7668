/** What an answer needs of its runner: the process whose end or standstill it shares, and its speed. */
import type { Fault } from "../faults/fault.ts";
import { strikeRunner } from "../faults/strike-runner.ts";
import type { AnswerRun, AnswerStep } from "../generation/run-answer.ts";
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import type { Runner } from "../runners/runner.ts";
import { paceOfProcess } from "../runners/runner-process.ts";

/** The same run at the pace of the process; a fault that strikes at once does so as soon as there is a slot. */
export function runInProcess(run: AnswerRun, fault: Fault | undefined): AnswerRun {
  const { runner } = run;
  const { process } = runner;
  return {
    runner,
    machine: slowed(run.machine, runner),
    pace: struckAtOnce(paceOfProcess(run.pace, process), () => strikeRunner(fault, 0, runner)),
    signal: run.signal,
  };
}

/** The same steps; a fault that waits for records strikes when so many are out. */
export async function* struckSteps(
  steps: AsyncIterable<AnswerStep>,
  fault: Fault | undefined,
  runner: Runner,
): AsyncGenerator<AnswerStep, void> {
  let sent = 0;
  for await (const step of steps) {
    yield step;
    sent++;
    strikeRunner(fault, sent, runner);
  }
}

/** Part of the model beside the card makes reading and writing slower alike. */
function slowed(machine: SimulatedMachine, { slowdown }: Runner): SimulatedMachine {
  return {
    ...machine,
    prefillTokensPerSecond: machine.prefillTokensPerSecond / slowdown,
    decodeTokensPerSecond: machine.decodeTokensPerSecond / slowdown,
  };
}

/** Calls `strike` once, when the first time is waited for. */
function struckAtOnce(pace: Pace, strike: () => void): Pace {
  let isStruck = false;
  const first = (): void => {
    if (!isStruck) strike();
    isStruck = true;
  };
  return {
    ...pace,
    sleep: (milliseconds, signal) => {
      first();
      return pace.sleep(milliseconds, signal);
    },
    until: (time, signal) => {
      first();
      return pace.until(time, signal);
    },
  };
}
