import { expect, test } from "vitest";
import { createLearnedStore } from "./learned-store.ts";
import { openStore } from "./testing/open-store.ts";

const row = { laneKey: "mac-mini:gemma3:4b", speeds: { decode: [91.4, 3] }, samples: 7, updatedAt: 1_790_000_000_123 };

test("learned speeds are read back as stored; the newest of a lane wins", () => {
  const store = openStore();
  const learned = createLearnedStore(store);
  learned.save({ ...row, samples: 1 });
  learned.save(row);
  learned.save({ ...row, laneKey: "other:llama3:8b" });
  store.clock.advance(2000);
  learned.save({ ...row, laneKey: "other:llama3:8b", samples: 8 });
  store.clock.advance(2000);
  expect(createLearnedStore(store).load()).toEqual([row, { ...row, laneKey: "other:llama3:8b", samples: 8 }]);
});

test("a row that somebody broke is left out", () => {
  const store = openStore();
  const learned = createLearnedStore(store);
  learned.save(row);
  store.flusher.flush();
  store.connection.exec("UPDATE learned_speeds SET speeds = 'broken'");
  expect(learned.load()).toEqual([]);
});
