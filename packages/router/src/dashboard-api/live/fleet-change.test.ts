import fc from "fast-check";
import { expect, test } from "vitest";
import { changeJson, type LivePicture, pictureJson } from "./fleet-change.ts";

interface Told {
  readonly nodes: readonly { readonly node_id: string }[];
  readonly queues: Readonly<Record<string, unknown>>;
  readonly removed_nodes?: readonly string[];
  readonly removed_queues?: readonly string[];
}

const keys = fc.constantFrom("a", 'b"\n', "__proto__x", "<c>");
const entries = (field: string) =>
  fc
    .uniqueArray(fc.tuple(keys, fc.nat(3)), { selector: ([key]) => key })
    .map((list) => new Map(list.map(([key, load]) => [key, JSON.stringify({ [field]: key, load })])));
const picture: fc.Arbitrary<LivePicture> = fc.record({
  nodes: entries("node_id"),
  queues: entries("key"),
  timestamp: fc.nat(),
});

/** What a listener holds after an event. */
function applied(held: Map<string, unknown>, told: Told): Map<string, unknown> {
  const next = new Map(held);
  for (const id of told.removed_nodes ?? []) next.delete(`node ${id}`);
  for (const key of told.removed_queues ?? []) next.delete(`queue ${key}`);
  for (const node of told.nodes) next.set(`node ${node.node_id}`, node);
  for (const [key, queue] of Object.entries(told.queues)) next.set(`queue ${key}`, queue);
  return next;
}

const whole = (one: LivePicture): Map<string, unknown> => applied(new Map(), JSON.parse(pictureJson(one)) as Told);
const sorted = (held: Map<string, unknown>) => [...held].toSorted(([one], [other]) => (one < other ? -1 : 1));

test("a picture and all changes since give the newest picture", () => {
  fc.assert(
    fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), (pictures) => {
      const [first, ...rest] = pictures;
      if (first === undefined) return;
      let held = whole(first);
      let before = first;
      for (const after of rest) {
        const change = changeJson(before, after);
        if (change !== undefined) held = applied(held, JSON.parse(change) as Told);
        before = after;
      }
      expect(sorted(held)).toEqual(sorted(whole(before)));
    }),
  );
});

test("nothing is told when nothing but the time is different", () => {
  fc.assert(
    fc.property(picture, (one) => {
      expect(changeJson(one, { ...one, timestamp: one.timestamp + 1 })).toBeUndefined();
    }),
  );
});
