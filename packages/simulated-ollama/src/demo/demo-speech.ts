import type { Speech } from "../generation/plan-answer.ts";
import type { DemoMachine } from "./demo-machines.ts";

/** What a model of the demo says: in plain words that it is none, and which machine it pretends to run on. */
export function demoSpeech({ id, title, machine }: DemoMachine, model: string): Speech {
  const speed = Math.round(machine.decodeTokensPerSecond);
  return {
    answer: [
      "This is a simulated answer: no real model wrote it.",
      `${id} sent it as ${nameOf(model)}; it plays ${title}, at about ${speed} tokens per second.`,
      `"herd explain" shows why this machine was chosen.`,
    ].join(" "),
    thought: `A simulated thought on ${id}: nothing is really being thought here.`,
  };
}

const nameOf = (model: string): string => model.replace(/:latest$/, "");
