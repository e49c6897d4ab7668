import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkings } from "../../testing/chunking.ts";
import { createClosingSink } from "./closing-sink.ts";

/** A client that notes what it gets, and when the lists were brought up to date. */
function client() {
  const seen: string[] = [];
  const inner = {
    begin: () => undefined,
    write: (chunk: Uint8Array) => {
      seen.push(Buffer.from(chunk).toString());
      return true;
    },
    onDrain: () => undefined,
    end: () => void seen.push("END"),
    destroy: () => void seen.push("CUT"),
  };
  return { seen, inner, text: () => seen.filter((part) => !["END", "CUT", "LISTS"].includes(part)).join("") };
}

const PROGRESS = '{"status":"pulling manifest"}\n{"status":"pulling abc","completed":5}\n';
const SUCCESS = '{"status":"success"}\n';

describe("the records of a pull", () => {
  test("leave as they come, but for success, which leaves once the lists are up to date", async () => {
    const { seen, inner } = client();
    const lists = Promise.withResolvers<void>();
    const sink = createClosingSink(inner, () => lists.promise);
    sink.write(Buffer.from(PROGRESS + SUCCESS));
    sink.end();
    await Promise.resolve();
    expect(seen).toEqual([PROGRESS]);
    lists.resolve();
    await new Promise(setImmediate);
    expect(seen).toEqual([PROGRESS, SUCCESS, "END"]);
  });

  test("are the same bytes however they are cut, and nothing of success leaves early", async () => {
    const texts = fc.constantFrom(
      PROGRESS + SUCCESS,
      `${PROGRESS}{"status":"success"}`,
      '{"status":"success"}',
      PROGRESS,
    );
    const cut = texts.chain((text) => chunkings(Buffer.from(text)).map((chunks) => ({ text, chunks })));
    await fc.assert(
      fc.asyncProperty(cut, async ({ text, chunks }) => {
        const { seen, inner, text: received } = client();
        const sink = createClosingSink(inner, () => {
          seen.push("LISTS");
          return Promise.resolve();
        });
        for (const chunk of chunks) sink.write(chunk);
        expect(received()).not.toContain("success");
        sink.end();
        await new Promise(setImmediate);
        expect([received(), seen.at(-1)]).toEqual([text, "END"]);
        expect(seen.includes("LISTS")).toBe(text.includes("success"));
      }),
    );
  });

  test("that tell an error, or a text with the word in it, end at once", () => {
    for (const record of ['{"error":"no success"}\n', '{"status":"verifying","note":"success"}\n']) {
      const { seen, inner } = client();
      const sink = createClosingSink(inner, () => Promise.reject(new Error("not asked")));
      sink.write(Buffer.from(record));
      sink.end();
      expect(seen).toEqual([record, "END"]);
    }
  });

  test("say success also when the lists cannot be brought up to date: the model is there all the same", async () => {
    const { seen, inner } = client();
    const sink = createClosingSink(inner, () => Promise.reject(new Error("the node is silent")));
    sink.write(Buffer.from(SUCCESS));
    sink.end();
    await new Promise(setImmediate);
    expect(seen).toEqual([SUCCESS, "END"]);
  });
});
