import { expect, test } from "vitest";
import { type PlanPullDependencies, PlanPulls, type PullItem } from "./plan-pulls.run.ts";

const item = (node_id: string, model: string): PullItem => ({ node_id, model });

function stage(wish: Partial<PlanPullDependencies> = {}) {
  const events: string[] = [];
  const holds = new Map<string, PromiseWithResolvers<void>>();
  const pulls = new PlanPulls({
    prepare: async () => undefined,
    roomFor: () => ({ kind: "free" }),
    pull: async ({ node_id, model }, signal) => {
      events.push(`begin ${node_id} ${model}`);
      const hold = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => hold.reject(signal.reason));
      holds.set(`${node_id} ${model}`, hold);
      await hold.promise;
      events.push(`end ${node_id} ${model}`);
    },
    onDone: () => events.push("done"),
    now: () => 1000,
    ...wish,
  });
  const begun = async (name: string): Promise<PromiseWithResolvers<void>> => {
    for (;;) {
      const hold = holds.get(name);
      if (hold !== undefined) return hold;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { pulls, events, begun };
}

const statuses = (pulls: PlanPulls): readonly string[] => pulls.progress().steps.map(({ status }) => status);

test("a node pulls one model after the other, nodes side by side", async () => {
  const { pulls, events, begun } = stage();
  expect(pulls.progress().status).toBe("idle");
  expect(pulls.start([item("a", "x"), item("a", "y"), item("b", "z")])?.status).toBe("running");
  const [x] = await Promise.all([begun("a x"), begun("b z")]);
  expect(events).toEqual(["begin a x", "begin b z"]);
  expect(pulls.start([item("a", "more")])).toBeUndefined();
  x.resolve();
  (await begun("a y")).resolve();
  (await begun("b z")).resolve();
  await pulls.settled();
  expect(statuses(pulls)).toEqual(["done", "done", "done"]);
  expect(pulls.progress()).toMatchObject({ status: "complete", ended_at: 1 });
});

test("cancelling ends what runs and begins nothing more", async () => {
  const { pulls, events, begun } = stage();
  pulls.start([item("a", "x"), item("a", "y")]);
  await begun("a x");
  expect(pulls.cancel()).toBe(true);
  await pulls.settled();
  expect(statuses(pulls)).toEqual(["cancelled", "cancelled"]);
  expect(pulls.progress().status).toBe("cancelled");
  expect(events).toEqual(["begin a x"]);
  expect(pulls.cancel()).toBe(false);
});

test("the room is looked at again before each download; one that fails does not keep the next from coming", async () => {
  let free = 1;
  const { pulls } = stage({
    roomFor: ({ model }) => {
      if (model === "there") return { kind: "present" };
      free -= 1;
      return free >= 0 ? { kind: "free" } : { kind: "refused", why: "the disk is full" };
    },
    pull: async () => {
      throw new Error(`no such model ${"x".repeat(2000)}`);
    },
  });
  pulls.start([item("a", "bad"), item("a", "there"), item("a", "late")]);
  await pulls.settled();
  expect(statuses(pulls)).toEqual(["failed", "present", "failed"]);
  const [bad, , late] = pulls.progress().steps;
  expect(bad?.error).toMatch(/^no such model x+$/);
  expect(bad?.error?.length).toBe(500);
  expect(late?.error).toBe("the disk is full");
  expect(pulls.progress().status).toBe("failed");
});

test("progress adds up over all downloads", async () => {
  const { pulls } = stage({
    pull: async (_item, _signal, onProgress) => {
      onProgress({ completed: 0, total: 0, status: "pulling manifest" });
      onProgress({ completed: 40, total: 100, status: "pulling abc" });
    },
  });
  pulls.start([item("a", "x"), item("b", "x")]);
  await pulls.settled();
  expect(pulls.progress()).toMatchObject({ completed_bytes: 80, total_bytes: 200, status: "complete" });
});
