import { type FleetStatus, fleetStatus, fleetStatusExamples } from "@herd/shared";
import { expect, it } from "vitest";
import { statusText } from "./status.ts";

const example: FleetStatus = fleetStatus.parse(fleetStatusExamples.accepted);

it("shows each machine and each lane that was used as a line of a table", () => {
  const text = statusText(example);
  expect(text).toContain("1 of 1 machines online");
  expect(text).toMatch(/mac-mini\s+online/);
  expect(text).toMatch(/mac-mini:gemma3:4b\s+1\/1\s+0\s+3\s+0\s+0\.81 s/);
});

it("tells what to do while no machine has joined", () => {
  const text = statusText({ ...example, nodes: [], queues: {} });
  expect(text).toContain("herd-node --router-url");
});

it("tells what is odd about a machine with its fix", () => {
  const [node] = example.nodes;
  if (node === undefined) throw new Error("the example has a node");
  const finding = { id: "clock_skew", text: "its clock is off", fix: "Switch on automatic time" };
  expect(statusText({ ...example, nodes: [{ ...node, findings: [finding] }] })).toContain(
    "! mac-mini: its clock is off\n  Switch on automatic time",
  );
});
