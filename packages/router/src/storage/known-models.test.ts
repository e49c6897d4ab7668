import { modelKey } from "@herd/shared";
import { expect, test } from "vitest";
import { createKnownModels } from "./known-models.ts";
import { openStore } from "./testing/open-store.ts";

const gemma = { key: modelKey("registry.ollama.ai/library/gemma3:4b"), name: "gemma3:4b" };
const llama = { key: modelKey("registry.ollama.ai/library/llama3:8b"), name: "llama3:8b" };
const day = 24 * 3600_000;
const start = 1_790_000_000_000;

function knownModels() {
  const store = openStore();
  const at = (now: number) => createKnownModels({ ...store, now: () => now });
  const rows = (): unknown[] =>
    store.connection.prepare("SELECT node_id, name, last_seen FROM known_models ORDER BY node_id, name").all();
  return { ...store, at, rows, known: at(start) };
}

test("a model is known from the moment a node holds it, also after a restart", () => {
  const { known, at, flusher } = knownModels();
  expect(known.wasHeld(gemma.key, 0)).toBe(false);
  known.note("a", { models: [gemma], at: start });
  expect(known.wasHeld(gemma.key, start)).toBe(true);
  flusher.flush();
  const later = at(start + day);
  expect(later.wasHeld(gemma.key, start)).toBe(true);
  expect(later.wasHeld(gemma.key, start + 1)).toBe(false);
  expect(later.heldSince(start)).toMatchObject([gemma]);
});

test("any holder counts, the latest decides", () => {
  const { known, at, flusher } = knownModels();
  known.note("a", { models: [gemma, llama], at: start });
  known.note("b", { models: [gemma], at: start + day });
  flusher.flush();
  for (const models of [known, at(start + day)]) {
    expect(models.heldSince(start + day)).toMatchObject([gemma]);
    expect(models.heldSince(start)).toMatchObject([gemma, llama]);
  }
});

test("heartbeats of one node are written once in ten minutes", () => {
  const { known, flusher, rows } = knownModels();
  known.note("a", { models: [gemma], at: start });
  flusher.flush();
  known.note("a", { models: [gemma], at: start + 9 * 60_000 });
  flusher.flush();
  expect(rows()).toEqual([{ node_id: "a", name: "gemma3:4b", last_seen: start / 1000 }]);
  expect(known.wasHeld(gemma.key, start + 9 * 60_000)).toBe(true);
  known.note("a", { models: [gemma], at: start + 10 * 60_000 });
  flusher.flush();
  expect(rows()).toMatchObject([{ last_seen: start / 1000 + 600 }]);
});

test("a model deleted on purpose is unknown until a node holds it again", () => {
  const { known, at, flusher } = knownModels();
  known.note("a", { models: [gemma], at: start });
  known.forget(gemma.key);
  known.note("b", { models: [llama], at: start });
  flusher.flush();
  for (const models of [known, at(start)]) {
    expect(models.wasHeld(gemma.key, 0)).toBe(false);
    expect(models.wasHeld(llama.key, 0)).toBe(true);
  }
  known.note("a", { models: [gemma], at: start });
  known.forget(gemma.key);
  known.note("a", { models: [gemma], at: start + 1 });
  flusher.flush();
  expect(at(start).wasHeld(gemma.key, start + 1)).toBe(true);
});

test("sightings older than 30 days are deleted at the start", () => {
  const { known, at, flusher, rows } = knownModels();
  known.note("a", { models: [gemma], at: start });
  flusher.flush();
  expect(at(start + 31 * day).wasHeld(gemma.key, 0)).toBe(false);
  expect(rows()).toEqual([]);
});
