import { expect, test } from "vitest";
import { IdleCollection } from "./idle-collection.ts";

function stage() {
  const state = { now: 0, requests: 0, isIdle: true, collections: 0 };
  const collection = new IdleCollection({
    collect: () => {
      state.collections += 1;
    },
    isIdle: () => state.isIdle,
    requests: () => state.requests,
    now: () => state.now,
  });
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      state.now += 1000;
      collection.tick();
    }
  };
  return { state, pass };
}

test("memory is given back once after the start, and not again while nothing happens", () => {
  const { state, pass } = stage();
  pass(2);
  expect(state.collections).toBe(1);
  pass(1000);
  expect(state.collections).toBe(1);
});

test("after work it waits until nobody has asked for anything for ten seconds", () => {
  const { state, pass } = stage();
  pass(2);
  state.requests = 100;
  pass(10);
  state.requests = 101;
  pass(10);
  expect(state.collections).toBe(1);
  pass(1);
  expect(state.collections).toBe(2);
});

test("a request that runs for long is never met by a collection, not even at the start", () => {
  const { state, pass } = stage();
  state.isIdle = false;
  pass(600);
  expect(state.collections).toBe(0);
  state.isIdle = true;
  pass(9);
  expect(state.collections).toBe(0);
  pass(2);
  expect(state.collections).toBe(1);
});
