import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkings } from "../../testing/chunking.ts";
import { createPullTap } from "./pull-tap.ts";

test.each([
  ['{"status":"pulling manifest"}\n{"status":"success"}\n', { isComplete: true, errorText: undefined }],
  ['{"status":"success"}', { isComplete: true, errorText: undefined, closePartialRecord: "\n" }],
  ['{"status":"pulling manifest"}\n', { isComplete: false, errorText: undefined, closePartialRecord: "" }],
  [
    '{"status":"pulling manifest"}\n{"error":"file does not exist"}\n',
    { isComplete: false, errorText: "file does not exist" },
  ],
  ['{"status":"pulling a","dig', { isComplete: false, errorText: undefined, closePartialRecord: "\n" }],
  ["", { isComplete: false, errorText: undefined, closePartialRecord: "" }],
])("a pull that said %j reads as %j, however its bytes are cut", (text, expected) => {
  fc.assert(
    fc.property(chunkings(Buffer.from(text)), (chunks) => {
      const tap = createPullTap();
      for (const chunk of chunks) tap.observe(chunk);
      expect(tap.end()).toMatchObject(expected);
    }),
  );
});
