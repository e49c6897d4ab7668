import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { skipValue } from "../json/skip.ts";
import { decodeString } from "../json/text.ts";
import { walkMembers } from "../json/walk.ts";
import { applyEdits } from "./apply-edits.ts";
import { type MemberPlace, removeMembers } from "./member-edits.ts";
import { memberPlace } from "./member-place.ts";

const placesOf = (body: Uint8Array, at: number): { readonly key: string; readonly place: MemberPlace }[] => {
  const places: { readonly key: string; readonly place: MemberPlace }[] = [];
  walkMembers(body, at, (start, head) => {
    const value = { start, end: skipValue(body, start) };
    places.push({ key: decodeString(body, head.keyStart, head.keyEnd), place: memberPlace(body, head, value) });
    return value.end;
  });
  return places;
};
const parse = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString());

// No escapes: JSON.parse of V8 13.6 takes the key "\"" for "\\" after it has seen an object with that key.
const object = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 })
  .filter((value) => !/\\|__proto__/.test(JSON.stringify(value)));
const indent = fc.constantFrom(undefined, 1, "\t");
const bodyOf = (value: unknown, space: number | string | undefined): Uint8Array =>
  Buffer.from(JSON.stringify(value, null, space));

describe("edits of members", () => {
  it("remove any choice of members and leave a well-formed object of the others", () => {
    fc.assert(
      fc.property(object, indent, fc.infiniteStream(fc.boolean()), (value, space, coin) => {
        const body = bodyOf(value, space);
        const removed = placesOf(body, 0).filter(() => coin.next().value);
        const edited = applyEdits(
          body,
          removeMembers(
            removed.map(({ place }) => place),
            "less",
          ),
        );
        const gone = new Set(removed.map(({ key }) => key));
        const left = Object.fromEntries(Object.entries(value).filter(([key]) => !gone.has(key)));
        expect(parse(edited)).toEqual(JSON.parse(JSON.stringify(left)));
      }),
      { numRuns: 300 },
    );
  });

  it("take both of two equal neighbours out with their commas", () => {
    const body = Buffer.from('{ "n":1 , "n":2,"m":3, "n":4 }');
    const places = placesOf(body, 0).filter(({ key }) => key === "n");
    const edited = applyEdits(
      body,
      removeMembers(
        places.map(({ place }) => place),
        "less",
      ),
    );
    expect(Buffer.from(edited).toString()).toBe('{ "m":3 }');
  });

  it("replace one value and touch no other byte", () => {
    fc.assert(
      fc.property(object, indent, fc.nat(), (value, space, choice) => {
        const body = bodyOf(value, space);
        const places = placesOf(body, 0);
        const chosen = places[choice % Math.max(1, places.length)];
        fc.pre(chosen !== undefined);
        const range = chosen.place.value;
        const edited = applyEdits(body, [{ range, replacement: '"other"', label: "swap" }]);
        expect(parse(edited)).toEqual({ ...JSON.parse(JSON.stringify(value)), [chosen.key]: "other" });
        expect(Buffer.from(edited.subarray(0, range.start))).toEqual(Buffer.from(body.subarray(0, range.start)));
        expect(Buffer.from(edited.subarray(range.start + 7))).toEqual(Buffer.from(body.subarray(range.end)));
      }),
    );
  });
});
