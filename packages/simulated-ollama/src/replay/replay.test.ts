import { afterAll, describe, expect, test } from "vitest";
import { type Group, gaps, looselyCompared } from "./testing/gaps.ts";
import { readRecordings } from "./testing/recording.ts";
import { replay } from "./testing/replay.ts";
import { loosened, shapeOfAnswer, shapeOfRecording } from "./testing/shape.ts";

const recordings = readRecordings();
const namesIn = (groups: readonly Group[]) => new Set(groups.flatMap((group) => group.names));
const missing = namesIn(gaps);
const loose = namesIn(looselyCompared);

afterAll(() => {
  const told = (kind: string, groups: readonly Group[]) =>
    groups.flatMap(({ reason, names }) => names.map((name) => `${kind}: ${name}: ${reason}`));
  const count = `${recordings.length - missing.size} of ${recordings.length} recordings are answered in the recorded form`;
  const lines = [...told("not reproduced", gaps), ...told("compared loosely", looselyCompared), count];
  process.stdout.write(`${lines.join("\n")}\n`);
});

describe("the recorded exchanges of Ollama 0.24.0", () => {
  for (const recording of recordings) {
    const { name } = recording;
    const view = loose.has(name) ? loosened : (shape: ReturnType<typeof shapeOfAnswer>) => shape;
    const answered = async () => view(shapeOfAnswer(await replay(recording)));
    const recorded = () => view(shapeOfRecording(recording));

    if (missing.has(name)) {
      test(`${name} is a gap that still exists`, async () => {
        await expect((async () => expect(await answered()).toEqual(recorded()))()).rejects.toThrow();
      });
    } else {
      test(`${name} is answered in the recorded form`, async () => {
        expect(await answered()).toEqual(recorded());
      });
    }
  }

  test("all 485 of them are there", () => {
    expect(recordings).toHaveLength(485);
  });

  test("whatever is compared loosely needs it", async () => {
    const strict = recordings.filter(({ name }) => loose.has(name));
    const equal = await Promise.all(
      strict.map(async (recording) => {
        const [one, other] = [shapeOfAnswer(await replay(recording)), shapeOfRecording(recording)];
        return JSON.stringify(one) === JSON.stringify(other) ? [recording.name] : [];
      }),
    );
    expect(equal.flat()).toEqual([]);
  });

  test("every name in a group is a recording, and is named once", () => {
    const names = [...gaps, ...looselyCompared].flatMap((group) => group.names);
    const known = recordings.map((recording) => recording.name);
    expect(names.filter((name, index) => !known.includes(name) || names.indexOf(name) !== index)).toEqual([]);
  });
});
