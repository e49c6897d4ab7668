import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventChannel } from "./event-channel.ts";
import type { LivePicture } from "./fleet-change.ts";

const picture = (load: number, ids: readonly string[] = ["a", "b"]): LivePicture => ({
  nodes: new Map(ids.map((id) => [id, JSON.stringify({ node_id: id, load: id === "a" ? load : 0 })])),
  queues: new Map(),
  timestamp: load,
});

function listener(wantsChanges: boolean, unsent = { bytes: 0 }) {
  const told: string[] = [];
  return {
    wantsChanges,
    write: (text: string) => void told.push(text),
    unsent: () => unsent.bytes,
    end: () => told.push("end"),
    told,
  };
}
const lastIdIn = (told: readonly string[]): string | undefined =>
  told
    .join("")
    .match(/id: (.+)\n/g)
    ?.at(-1)
    ?.slice(4, -1);

describe("listeners", () => {
  test("of the predecessor's form get a whole picture without a name each time, with an id", () => {
    const channel = new EventChannel("run");
    const one = listener(false);
    channel.join(one, undefined, picture(0));
    channel.tell(picture(1));
    expect(one.told).toHaveLength(2);
    expect(one.told[1]).toMatch(
      /^id: run-1\ndata: \{"nodes":\[\{"node_id":"a","load":1\},\{"node_id":"b".*"timestamp":1\}\n\n$/,
    );
  });

  test("that follow changes get a picture first, then only what is different", () => {
    const channel = new EventChannel("run");
    const one = listener(true);
    channel.join(one, undefined, picture(0));
    channel.tell(picture(1, ["a"]));
    channel.tell(picture(1, ["a"]));
    expect(one.told).toHaveLength(2);
    expect(one.told[0]).toMatch(/^event: snapshot\nid: run-0\n/);
    expect(one.told[1]).toBe(
      'event: change\nid: run-1\ndata: {"nodes":[{"node_id":"a","load":1}],"queues":{},"timestamp":1,"removed_nodes":["b"],"removed_queues":[]}\n\n',
    );
  });

  test("that come back get what they missed; after another run or a long time a whole picture", () => {
    const channel = new EventChannel("run");
    const one = listener(true);
    const leave = channel.join(one, undefined, picture(0));
    channel.tell(picture(1));
    leave();
    channel.tell(picture(2));
    channel.mention("request", "{}");
    const back = listener(true);
    channel.join(back, lastIdIn(one.told), picture(2));
    expect(back.told.map((text) => text.split("\n")[0])).toEqual(["event: change", "event: request"]);
    for (const id of ["other-1", "run-99", "run", "", "run-0x"]) {
      const stranger = listener(true);
      channel.join(stranger, id, picture(2));
      expect([id, stranger.told[0]?.split("\n")[0]]).toEqual([id, "event: snapshot"]);
    }
    for (let load = 3; load < 200; load += 1) channel.tell(picture(load));
    const late = listener(true);
    channel.join(late, lastIdIn(one.told), picture(199));
    expect(late.told[0]).toContain("event: snapshot");
  });

  test("that do not read are told nothing more, then a whole picture", () => {
    const channel = new EventChannel("run");
    const unsent = { bytes: 0 };
    const slow = listener(true, unsent);
    channel.join(slow, undefined, picture(0));
    unsent.bytes = 2 ** 20;
    channel.tell(picture(1));
    channel.mention("request", "{}");
    channel.breathe();
    expect(slow.told).toHaveLength(1);
    unsent.bytes = 0;
    channel.tell(picture(2));
    expect(slow.told[1]).toContain("event: snapshot");
  });

  test("are let go with a word", () => {
    const channel = new EventChannel("run");
    const one = listener(false);
    channel.join(one, undefined, picture(0));
    channel.close();
    expect([one.told.slice(1), channel.size]).toEqual([['event: bye\ndata: {"reason":"stopping"}\n\n', "end"], 0]);
  });

  test("that were left out are told nothing beside the picture before they have a whole one", () => {
    const channel = new EventChannel("run");
    const unsent = { bytes: 2 ** 20 };
    const slow = listener(true, unsent);
    channel.join(slow, undefined, picture(0));
    channel.tell(picture(1));
    unsent.bytes = 0;
    channel.mention("request", "{}");
    expect(slow.told).toHaveLength(1);
  });

  test("that still read nothing at the next breath are let go, and told why; those that have read stay", () => {
    const channel = new EventChannel("run");
    const [stuck, late] = [{ bytes: 2 ** 20 }, { bytes: 2 ** 20 }];
    const [one, other] = [listener(true, stuck), listener(true, late)];
    channel.join(one, undefined, picture(0));
    channel.join(other, undefined, picture(0));
    channel.breathe();
    expect([one.told.length, other.told.length]).toEqual([1, 1]);
    late.bytes = 0;
    channel.breathe();
    expect(one.told.slice(1)).toEqual(['event: bye\ndata: {"reason":"too_slow"}\n\n', "end"]);
    late.bytes = 2 ** 20;
    channel.breathe();
    expect([channel.size, other.told.at(-1)]).toEqual([1, ": still here\n\n"]);
  });

  test("that come back to more than they would want to read get a whole picture", () => {
    const channel = new EventChannel("run");
    const one = listener(true);
    channel.join(one, undefined, picture(0))();
    for (let count = 0; count < 5; count += 1) channel.mention("finding", JSON.stringify("x".repeat(60_000)));
    const back = listener(true);
    channel.join(back, lastIdIn(one.told), picture(0))();
    expect(back.told.map((text) => text.split("\n")[0])).toEqual(["event: snapshot"]);
    for (let count = 0; count < 5; count += 1) channel.mention("finding", JSON.stringify("x".repeat(400_000)));
    const again = listener(true);
    channel.join(again, lastIdIn(back.told), picture(0));
    expect(again.told[0]).toContain("event: snapshot");
  });

  test("hear of what is only a step without an id, and coming back do not hear it again", () => {
    const channel = new EventChannel("run");
    const one = listener(true);
    channel.join(one, undefined, picture(0));
    channel.mention("pull", "{}", { isKept: false });
    channel.mention("request", "{}");
    expect(one.told.slice(1)).toEqual(["event: pull\ndata: {}\n\n", "event: request\nid: run-1\ndata: {}\n\n"]);
    const back = listener(true);
    channel.join(back, "run-0", picture(0));
    expect(back.told).toEqual(["event: request\nid: run-1\ndata: {}\n\n"]);
  });

  test("that come back after the channel has forgotten get a whole picture", () => {
    const channel = new EventChannel("run");
    const one = listener(true);
    channel.join(one, undefined, picture(0))();
    channel.forget();
    const back = listener(true);
    channel.join(back, lastIdIn(one.told), picture(0));
    expect(back.told[0]).toContain("event: snapshot");
  });
});

/** What an event tells; undefined for what is no picture. */
function pictureIn(text: string) {
  const event = /^event: (.+)$/m.exec(text)?.[1];
  if (event !== "snapshot" && event !== "change") return undefined;
  const told = JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? "") as {
    readonly nodes: readonly { readonly node_id: string }[];
    readonly removed_nodes?: readonly string[];
  };
  return { event, ...told };
}

/** A client as a page has one: it keeps what it holds, and the id of the last event. */
class Client {
  readonly #channel: EventChannel;
  #held = new Map<string, unknown>();
  #lastId: string | undefined;
  #leave: (() => void) | undefined;
  #unsent = 0;

  constructor(channel: EventChannel) {
    this.#channel = channel;
  }

  held = () => Object.fromEntries([...this.#held].toSorted());

  join(now: LivePicture): void {
    const own = { wantsChanges: true, write: (text: string) => this.#take(text), unsent: () => this.#unsent };
    const end = (): void => {
      this.#leave = undefined;
    };
    this.#leave ??= this.#channel.join({ ...own, end }, this.#lastId, now);
  }

  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  stall(isStalled: boolean): void {
    this.#unsent = isStalled ? 2 ** 20 : 0;
  }

  #take(text: string): void {
    this.#lastId = lastIdIn([text]) ?? this.#lastId;
    const told = pictureIn(text);
    if (told?.event === "snapshot") this.#held = new Map();
    for (const id of told?.removed_nodes ?? []) this.#held.delete(id);
    for (const node of told?.nodes ?? []) this.#held.set(node.node_id, node);
  }
}

const pictureOf = (loads: readonly number[]): LivePicture => ({
  nodes: new Map(loads.flatMap((load, at) => (load === 0 ? [] : [entryOf(`n${at}`, load)]))),
  queues: new Map(),
  timestamp: 0,
});
const entryOf = (id: string, load: number): [string, string] => [id, JSON.stringify({ node_id: id, load })];
const heldOf = ({ nodes }: LivePicture) =>
  Object.fromEntries([...nodes].map(([id, json]) => [id, JSON.parse(json) as unknown]).toSorted());

const doings: Readonly<Record<string, (client: Client, channel: EventChannel, now: LivePicture) => void>> = {
  tell: (_client, channel, now) => channel.tell(now),
  mention: (_client, channel) => channel.mention("request", "{}"),
  step: (_client, channel) => channel.mention("pull", "{}", { isKept: false }),
  breathe: (_client, channel) => channel.breathe(),
  join: (client, _channel, now) => client.join(now),
  leave: (client) => client.leave(),
  stall: (client) => client.stall(true),
  read: (client) => client.stall(false),
};

test("who follows changes has the newest picture after it is told, whoever came, went, came back or stopped reading", () => {
  const loads = fc.array(fc.nat(2), { minLength: 3, maxLength: 3 });
  const step = fc.record({ loads, doing: fc.constantFrom(...Object.keys(doings)), who: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), loads, (steps, last) => {
      const channel = new EventChannel("run");
      const clients = [new Client(channel), new Client(channel), new Client(channel)];
      const one = (who: number): Client => clients[who] ?? new Client(channel);
      for (const { loads: now, doing, who } of steps) doings[doing]?.(one(who), channel, pictureOf(now));
      for (const client of clients) client.stall(false);
      for (const client of clients) client.join(pictureOf(last));
      channel.tell(pictureOf(last));
      for (const client of clients) expect(client.held()).toEqual(heldOf(pictureOf(last)));
    }),
    { numRuns: 500 },
  );
});
