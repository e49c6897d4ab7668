import { expect, test } from "vitest";
import { demoMachines } from "./demo-machines.ts";
import { demoSpeech } from "./demo-speech.ts";

test("the machines of the demo are unlike, and share every model with another one, so that there is something to choose", () => {
  expect(new Set(demoMachines.map(({ machine }) => machine.decodeTokensPerSecond)).size).toBe(demoMachines.length);
  const holders = new Map<string, number>();
  for (const { models } of demoMachines) for (const { name } of models) holders.set(name, (holders.get(name) ?? 0) + 1);
  expect([...holders.keys()].every((name) => name.startsWith("demo-"))).toBe(true);
  expect(Math.min(...holders.values())).toBeGreaterThan(1);
  for (const { models, loaded } of demoMachines)
    expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining([...loaded]));
});

test("their answers say in plain words that they are simulated, and from where they come", () => {
  for (const machine of demoMachines) {
    const { answer, thought } = demoSpeech(machine, "demo-chat:latest");
    expect(answer).toMatch(/^This is a simulated answer: no real model wrote it\./);
    for (const word of [machine.id, machine.title, "demo-chat"]) expect(answer).toContain(word);
    expect(thought).toContain(machine.id);
  }
});
