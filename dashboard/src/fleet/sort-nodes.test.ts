import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleNode } from "../testing/sample-views.ts";
import { sortNodes } from "./sort-nodes.ts";

const finding = { id: "clock_skew", text: "its clock is wrong", fix: "Set it" };
const namesOf = (nodes: ReturnType<typeof sortNodes>) => nodes.map((node) => node.node_id);

describe("the order of nodes", () => {
  test("begins with those that want attention", () => {
    const [backend] = sampleNode().backends;
    if (backend === undefined) throw new Error("the sample has no backend");
    const nodes = [
      sampleNode({ node_id: "well" }),
      sampleNode({ node_id: "draining", is_draining: true }),
      sampleNode({ node_id: "odd", findings: [finding] }),
      sampleNode({ node_id: "deaf", backends: [{ ...backend, state: "unreachable" }] }),
      sampleNode({ node_id: "late", status: "degraded" }),
      sampleNode({ node_id: "gone", status: "offline" }),
    ];
    expect(namesOf(sortNodes(nodes))).toEqual(["gone", "late", "deaf", "odd", "draining", "well"]);
  });

  test("puts those alike in the natural order of their names", () => {
    const nodes = ["rack-10", "rack-9", "rack-2"].map((name) => sampleNode({ node_id: name }));
    expect(namesOf(sortNodes(nodes))).toEqual(["rack-2", "rack-9", "rack-10"]);
  });

  test("does not depend on the order in which the router lists them, and loses none", () => {
    const node = fc.record({
      node_id: fc.string(),
      status: fc.constantFrom("online" as const, "degraded" as const, "offline" as const),
      is_draining: fc.boolean(),
      findings: fc.array(fc.constant(finding), { maxLength: 1 }),
    });
    const fleet = fc.uniqueArray(node, { selector: (entry) => entry.node_id }).map((parts) => parts.map(sampleNode));
    fc.assert(
      fc.property(fleet, (nodes) => {
        const sorted = namesOf(sortNodes(nodes));
        expect(namesOf(sortNodes(nodes.toReversed()))).toEqual(sorted);
        expect(sorted.toSorted()).toEqual(namesOf(nodes).toSorted());
      }),
    );
  });
});
