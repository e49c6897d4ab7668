import { describe, expect, test } from "vitest";
import { createTraceRecorder } from "../traces/record.ts";
import { traceInput } from "../traces/testing/trace-input.ts";
import { createMilestones } from "./milestones.ts";
import { openStore } from "./testing/open-store.ts";

const NOW = 1_790_000_000_000;
const open = (store: ReturnType<typeof openStore>) => createMilestones({ ...store, now: () => NOW });

describe("whether a real backend has been seen", () => {
  test("is no in a new folder, and yes for ever after the first one", () => {
    const store = openStore();
    const milestones = open(store);
    expect(milestones.hasSeenBackend()).toBe(false);
    milestones.sawBackend();
    milestones.sawBackend();
    expect(milestones.hasSeenBackend()).toBe(true);
    store.clock.advance(2000);
    expect(store.connection.prepare("SELECT name, reached_at FROM milestones").all()).toEqual([
      { name: "real_backend", reached_at: NOW / 1000 },
    ]);
    expect(open(store).hasSeenBackend()).toBe(true);
  });

  test("is told by what older versions kept, and then kept itself", () => {
    const store = openStore();
    store.connection.exec("INSERT INTO known_models VALUES ('k', 'a', 'm:latest', 1)");
    expect(open(store).hasSeenBackend()).toBe(true);
    store.flusher.flush();
    store.connection.exec("DELETE FROM known_models");
    expect(open(store).hasSeenBackend()).toBe(true);
  });

  test("is told by requests that real nodes served, not by those of the demo or those that no node got", () => {
    const store = openStore();
    const recorder = createTraceRecorder(store);
    const record = (wishes: Parameters<typeof traceInput>[0]): void => {
      recorder.record(traceInput(wishes));
      store.flusher.flush();
    };
    record({ requestId: "demo", isSimulated: true });
    record({ requestId: "none", nodeId: "" });
    expect(open(store).hasSeenBackend()).toBe(false);
    record({ requestId: "real" });
    expect(open(store).hasSeenBackend()).toBe(true);
  });
});
