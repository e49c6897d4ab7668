import { describe, expect, test } from "vitest";
import { FINISHED, SmallFleet, type Ticket } from "./testing/small-fleet.ts";
import { smallNode } from "./testing/small-node.ts";

/** What each was told: where it runs, the code it ended with, or that it waits. */
const statesOf = (tickets: readonly Ticket[]): readonly string[] =>
  tickets.map(({ told }) => {
    const last = told.at(-1);
    if (last === undefined) return "waits";
    return last.kind === "turn" ? last.lane.key : last.code;
  });

const askMany = (fleet: SmallFleet, count: number): readonly Ticket[] =>
  Array.from({ length: count }, () => fleet.ask());

const finish = (ticket: Ticket): void => ticket.turn().slot.release(FINISHED);

describe("a request", () => {
  test("starts at once where a slot is free", () => {
    const fleet = new SmallFleet([smallNode("a")]);
    expect(statesOf([fleet.ask()])).toEqual(["a:m"]);
    expect(fleet.book.inFlight()).toBe(1);
  });

  test("waits behind others and starts in the order of arrival as slots become free", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const tickets = askMany(fleet, 4);
    expect(fleet.admission.waitingCount()).toBe(3);
    for (const [at, ticket] of tickets.entries()) {
      expect(statesOf(tickets)).toEqual(tickets.map((_, index) => (index <= at ? "a:m" : "waits")));
      finish(ticket);
    }
    expect([fleet.admission.waitingCount(), fleet.book.inFlight()]).toEqual([0, 0]);
  });

  test("that has failed elsewhere keeps its place by its arrival", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 }), smallNode("b", { isOnline: false })]);
    const [running] = askMany(fleet, 1);
    fleet.now = 100;
    const young = fleet.ask();
    const retried = fleet.ask({ facts: { arrivedAt: 50 } });
    if (running !== undefined) finish(running);
    expect(statesOf([retried, young])).toEqual(["a:m", "waits"]);
  });

  test("is told exactly once, however often its slot is given back", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const [first, second, third] = askMany(fleet, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three were asked");
    finish(first);
    finish(first);
    finish(first);
    expect(statesOf([second, third])).toEqual(["a:m", "waits"]);
    expect(second.told).toHaveLength(1);
    expect(fleet.book.inFlight()).toBe(1);
  });

  test("that leaves frees its place at once and is told nothing any more", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })], { queueLimit: 1 });
    const [running, waiting] = askMany(fleet, 2);
    expect(statesOf([fleet.ask()])).toEqual(["HERD_QUEUE_FULL"]);
    waiting?.application.cancel();
    waiting?.application.cancel();
    expect(fleet.admission.waitingCount()).toBe(0);
    const next = fleet.ask();
    expect(statesOf([next])).toEqual(["waits"]);
    if (running !== undefined) finish(running);
    expect([waiting?.told, statesOf([next])]).toEqual([[], ["a:m"]]);
  });

  test("that leaves after its turn changes nothing", () => {
    const fleet = new SmallFleet([smallNode("a")]);
    const ticket = fleet.ask();
    ticket.application.cancel();
    expect(fleet.book.inFlight()).toBe(1);
    finish(ticket);
    expect(fleet.book.all().map(({ waiting, inFlight }) => [waiting, inFlight])).toEqual([[0, 0]]);
  });
});

describe("a slot that becomes free", () => {
  test("goes to a request that waited for another node", () => {
    const fleet = new SmallFleet([
      smallNode("a", { slots: 1, bonus: 5 }),
      smallNode("b", { slots: 1, isOnline: false }),
    ]);
    const tickets = askMany(fleet, 3);
    fleet.change("b", { isOnline: true });
    expect(statesOf(tickets)).toEqual(["a:m", "waits", "waits"]);
    fleet.change("a", { isOnline: false });
    expect(statesOf(tickets)).toEqual(["a:m", "b:m", "waits"]);
  });

  test("that only pays for the last of many who wait elsewhere is given to the first of them", () => {
    const fleet = new SmallFleet([
      smallNode("a", { slots: 1, bonus: 3 }),
      smallNode("b", { slots: 1, isOnline: false }),
    ]);
    const tickets = askMany(fleet, 6);
    fleet.change("b", { isOnline: true });
    expect(statesOf(tickets)).toEqual(["a:m", "b:m", "waits", "waits", "waits", "waits"]);
  });

  test("is never taken by a newcomer while an older one of its kind waits", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1, bonus: 3 }), smallNode("b", { slots: 1 })]);
    const order: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      fleet.now += 1;
      const name = `r-${count + 1}`;
      fleet.ask({ onTurn: () => order.push(name) });
    }
    expect(order).toEqual(["r-1", "r-2"]);
    expect(fleet.book.inFlight()).toBe(2);
  });

  test("passes by a request that cannot use it", () => {
    const nodes = [smallNode("a", { models: ["m", "n"], slots: 1 }), smallNode("b", { models: ["m"], slots: 1 })];
    const fleet = new SmallFleet(nodes);
    const [onA, onB] = [fleet.ask({ model: "n" }), fleet.ask()];
    const waitsForA = fleet.ask({ model: "n" });
    const waitsForM = fleet.ask({ failedOn: new Map([["a:m", 0]]) });
    finish(onB);
    expect(statesOf([waitsForA, waitsForM])).toEqual(["waits", "b:m"]);
    finish(onA);
    expect(statesOf([waitsForA])).toEqual(["a:n"]);
  });
});

describe("the bound of a lane", () => {
  test("turns further requests away, with the time after which trying again makes sense", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })], { queueLimit: 2 });
    const first = fleet.ask();
    finish(first);
    const tickets = askMany(fleet, 4);
    expect(statesOf(tickets)).toEqual(["a:m", "waits", "waits", "HERD_QUEUE_FULL"]);
    expect(tickets[3]?.told[0]).toMatchObject({ kind: "no-turn", wasQueued: false, retryAfterS: 1 });
    expect(fleet.book.all()[0]?.rejected).toBe(1);
  });

  test("does not count for who lost its place to a node that failed", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })], { queueLimit: 1 });
    askMany(fleet, 2);
    const retried = fleet.ask({ failedOn: new Map([["b:m", 0]]) });
    expect(statesOf([retried])).toEqual(["waits"]);
  });
});

describe("the deadline", () => {
  test("counts from arrival and ends waiting, not running", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })], { waitDeadlineMs: 10_000 });
    const [running, waiting] = askMany(fleet, 2);
    const late = fleet.ask({ facts: { arrivedAt: -10_000 } });
    fleet.pass(9_999);
    expect(statesOf([late, ...askMany(fleet, 1)])).toEqual(["HERD_WAIT_DEADLINE", "waits"]);
    fleet.pass(1);
    expect(waiting?.told).toMatchObject([{ kind: "no-turn", code: "HERD_WAIT_DEADLINE", wasQueued: true }]);
    expect(running?.told).toHaveLength(1);
    expect(fleet.book.inFlight()).toBe(1);
  });

  test("leaves the decision that made it wait to be seen", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })], { waitDeadlineMs: 1000 });
    const [, waiting] = askMany(fleet, 2);
    fleet.pass(1000);
    const end = waiting?.told[0];
    expect(end?.kind === "no-turn" && end.decision?.winner?.candidate.laneKey).toBe("a:m");
  });
});

describe("the holding area", () => {
  const asleep = () => new SmallFleet([smallNode("a", { slots: 1, isOnline: false })]);

  test("keeps requests without any candidate until one appears", () => {
    const fleet = asleep();
    const tickets = askMany(fleet, 2);
    expect([fleet.admission.heldCount(), fleet.admission.waitingCount()]).toEqual([2, 0]);
    fleet.pass(20_000);
    fleet.change("a", { isOnline: true });
    expect(statesOf(tickets)).toEqual(["a:m", "waits"]);
    expect([fleet.admission.heldCount(), fleet.admission.waitingCount()]).toEqual([0, 1]);
    expect(tickets[0]?.turn().heldMs).toBe(20_000);
  });

  test("ends for all of them at their time, each with its own code", () => {
    const fleet = asleep();
    const tickets = [fleet.ask(), fleet.ask({ codeAfterHold: "HERD_NODE_UNREACHABLE", holdMs: 10_000 })];
    fleet.pass(10_000);
    expect(statesOf(tickets)).toEqual(["waits", "HERD_NODE_UNREACHABLE"]);
    fleet.pass(20_000);
    expect(statesOf(tickets)).toEqual(["HERD_NO_CANDIDATE", "HERD_NODE_UNREACHABLE"]);
    expect(tickets[0]?.told).toMatchObject([{ wasQueued: true }]);
  });

  test("is over for everybody when a node comes back, not only for the one who is served first", () => {
    const fleet = asleep();
    const tickets = askMany(fleet, 4);
    fleet.pass(20_000);
    fleet.change("a", { isOnline: true });
    fleet.pass(40_000);
    expect(statesOf(tickets)).toEqual(["a:m", "waits", "waits", "waits"]);
    const [first] = tickets;
    if (first !== undefined) finish(first);
    expect(statesOf(tickets)).toEqual(["a:m", "a:m", "waits", "waits"]);
  });

  test("begins for everybody when the last node goes, not one after the other", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const tickets = askMany(fleet, 4);
    fleet.pass(1000);
    fleet.change("a", { isOnline: false });
    expect(fleet.admission.heldCount()).toBe(3);
    fleet.pass(30_000);
    expect(statesOf(tickets.slice(1))).toEqual(["HERD_NO_CANDIDATE", "HERD_NO_CANDIDATE", "HERD_NO_CANDIDATE"]);
  });

  test("counts from the arrival of each", () => {
    const fleet = asleep();
    const early = fleet.ask();
    fleet.pass(10_000);
    const late = fleet.ask();
    fleet.pass(20_000);
    expect(statesOf([early, late])).toEqual(["HERD_NO_CANDIDATE", "waits"]);
    fleet.pass(10_000);
    expect(statesOf([late])).toEqual(["HERD_NO_CANDIDATE"]);
  });

  test("is closed to who may not be held", () => {
    const ticket = asleep().ask({ holdMs: 0, codeAfterHold: "HERD_MODEL_NOT_FOUND" });
    expect(ticket.told).toMatchObject([{ kind: "no-turn", code: "HERD_MODEL_NOT_FOUND", wasQueued: false }]);
  });
});

describe("lanes that nobody can run on any more", () => {
  test("pass their waiting requests on, so that the numbers stay true", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 }), smallNode("b", { slots: 1 })]);
    askMany(fleet, 8);
    const waitingOn = (key: string) => fleet.book.all().find((lane) => lane.key === key)?.waiting;
    expect([waitingOn("a:m"), waitingOn("b:m")]).toEqual([3, 3]);
    fleet.change("a", { isOnline: false });
    expect([waitingOn("a:m"), waitingOn("b:m")]).toEqual([0, 6]);
    fleet.change("b", { isOnline: false });
    expect([waitingOn("a:m"), waitingOn("b:m"), fleet.admission.heldCount()]).toEqual([0, 0, 6]);
  });
});

describe("loads", () => {
  test("on one node run one at a time, and the next may begin when the first is over", () => {
    const fleet = new SmallFleet([smallNode("a", { models: ["m", "n"], loaded: [], slots: 4 })]);
    const [first, second] = [fleet.ask(), fleet.ask({ model: "n" })];
    expect(first.turn().needsLoad).toBe(true);
    expect(statesOf([second])).toEqual(["waits"]);
    first.turn().slot.loadEnded();
    expect(second.turn().needsLoad).toBe(true);
  });

  test("do not stop requests for what is loaded", () => {
    const fleet = new SmallFleet([smallNode("a", { models: ["m", "n"], loaded: ["n"], slots: 4 })]);
    const [cold, hot] = [fleet.ask(), fleet.ask({ model: "n" })];
    expect([cold.turn().needsLoad, hot.turn().needsLoad]).toEqual([true, false]);
  });

  test("end with the attempt that caused them", () => {
    const fleet = new SmallFleet([smallNode("a", { models: ["m", "n"], loaded: [], slots: 4 })]);
    const [first, second] = [fleet.ask(), fleet.ask({ model: "n" })];
    finish(first);
    expect(second.told).toHaveLength(1);
  });

  test("that go on after their client has left keep the next one waiting until they are over", () => {
    const fleet = new SmallFleet([smallNode("a", { models: ["m", "n"], loaded: [], slots: 4 })]);
    const [first, second] = [fleet.ask(), fleet.ask({ model: "n" })];
    first.turn().slot.release({ ...FINISHED, isCompleted: false, isStillLoading: true });
    expect([statesOf([second]), fleet.book.inFlight()]).toEqual([["waits"], 0]);
    first.turn().slot.loadEnded();
    expect(statesOf([second])).toEqual(["a:n"]);
  });
});

describe("probes", () => {
  test("are admitted when they become due, while requests wait", () => {
    const fleet = new SmallFleet([smallNode("a")]);
    const tickets = askMany(fleet, 2);
    expect(statesOf(tickets)).toEqual(["a:m", "waits"]);
    fleet.pass(250);
    expect(statesOf(tickets)).toEqual(["a:m", "a:m"]);
    const third = fleet.ask();
    fleet.pass(60_000);
    expect(statesOf([third])).toEqual(["waits"]);
  });

  test("that prove themselves raise the limit by one every ten seconds", () => {
    const fleet = new SmallFleet([smallNode("a")]);
    const tickets = askMany(fleet, 4);
    const streamAll = (): void => {
      const turns = tickets.flatMap(({ told }) => told).filter((one) => one.kind === "turn");
      for (const { slot } of turns) slot.firstByte();
    };
    const counts = [0, 10_000, 10_000].map((ms) => {
      fleet.pass(Math.max(250, ms));
      streamAll();
      return fleet.book.inFlight();
    });
    expect(counts).toEqual([2, 3, 4]);
  });
});

describe("closing", () => {
  test("turns newcomers away, and lets those who wait go on", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const [running, waiting] = askMany(fleet, 2);
    fleet.admission.close("HERD_SHUTTING_DOWN");
    expect(fleet.ask().told).toMatchObject([{ code: "HERD_SHUTTING_DOWN", wasQueued: false }]);
    if (running !== undefined) finish(running);
    expect(waiting?.told).toMatchObject([{ kind: "turn" }]);
  });

  test("keeps the place of who was let in before and has lost its node", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    fleet.admission.close("HERD_SHUTTING_DOWN");
    const retried = { failedOn: new Map([["b:m", 0]]) };
    expect(statesOf([fleet.ask(retried)])).toEqual(["a:m"]);
    fleet.admission.evictAll("HERD_SHUTTING_DOWN");
    expect(statesOf([fleet.ask(retried), fleet.ask()])).toEqual(["HERD_SHUTTING_DOWN", "HERD_SHUTTING_DOWN"]);
  });

  test("for good ends everybody who waits or is held", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 }), smallNode("b", { models: ["n"], isOnline: false })]);
    const tickets = [...askMany(fleet, 3), fleet.ask({ model: "n" })];
    fleet.admission.evictAll("HERD_SHUTTING_DOWN");
    expect(statesOf(tickets)).toEqual(["a:m", "HERD_SHUTTING_DOWN", "HERD_SHUTTING_DOWN", "HERD_SHUTTING_DOWN"]);
    expect([fleet.admission.waitingCount(), fleet.admission.heldCount()]).toEqual([0, 0]);
  });
});

describe("calls from inside a turn", () => {
  test("may give the slot back, ask again and leave: nobody is lost and nobody told twice", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const order: string[] = [];
    const first = fleet.ask();
    const others = Array.from({ length: 3 }, (_, at) =>
      fleet.ask({
        onTurn: (turn) => {
          order.push(`r-${at + 2}`);
          if (turn.kind === "turn") turn.slot.release(FINISHED);
          if (at === 0) fleet.ask({ onTurn: (next) => next.kind === "turn" && order.push("newcomer") });
        },
      }),
    );
    finish(first);
    expect(order).toEqual(["r-2", "r-3", "r-4", "newcomer"]);
    expect(others.map(({ told }) => told.length)).toEqual([1, 1, 1]);
  });

  test("that make another one leave while all are ended: it is told nothing", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    fleet.ask();
    const leaving: Ticket[] = [];
    fleet.ask({ onTurn: () => leaving[0]?.application.cancel() });
    leaving.push(fleet.ask());
    fleet.admission.evictAll("HERD_SHUTTING_DOWN");
    expect(leaving[0]?.told).toEqual([]);
    expect(fleet.book.all()[0]?.waiting).toBe(0);
  });

  test("that throw do not stop the others for ever", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const first = fleet.ask();
    const broken = fleet.ask({
      onTurn: () => {
        throw new Error("broken");
      },
    });
    const last = fleet.ask();
    expect(() => finish(first)).toThrow("broken");
    finish(broken);
    expect(statesOf([last])).toEqual(["a:m"]);
  });
});

describe("the cost of a change", () => {
  test("with 512 who wait alike is a decision or two, and one more per slot given away", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 2 }), smallNode("b", { slots: 2 })]);
    const running = askMany(fleet, 4);
    askMany(fleet, 512);
    fleet.decisions = 0;
    fleet.admission.pump();
    expect(fleet.decisions).toBeLessThanOrEqual(2);
    fleet.decisions = 0;
    for (const ticket of running) finish(ticket);
    expect(fleet.decisions).toBeLessThanOrEqual(4 * 3);
  });

  test("to serve 512 grows with their number, not with its square", () => {
    const fleet = new SmallFleet([smallNode("a", { slots: 1 })]);
    const tickets = askMany(fleet, 513);
    fleet.decisions = 0;
    for (const ticket of tickets) finish(ticket);
    expect(fleet.decisions).toBeLessThanOrEqual(513 * 3);
    expect(fleet.book.all()[0]?.completed).toBe(513);
  });
});
