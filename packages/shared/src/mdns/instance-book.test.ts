import { beforeEach, describe, expect, test } from "vitest";
import { announcementOf, farewellOf } from "./advertisement.ts";
import { type DnsRecord, messageOf } from "./dns-message.ts";
import { nameOf } from "./dns-name.ts";
import { InstanceBook } from "./instance-book.ts";

const type = nameOf("_fleet-manager._tcp.local.");
const advertisement = {
  name: "Router",
  type,
  host: ["h", "local"],
  port: 11_435,
  texts: ["version=0.1.0", "fleet=abc"],
};
const announcement = (address: string, over: Partial<typeof advertisement> = {}) =>
  announcementOf({ ...advertisement, ...over }, address);
const at = (now: number, network = "eth0", source = "10.0.0.1") => ({ now, network, source, isFromHere: false });

let book: InstanceBook;
beforeEach(() => {
  book = new InstanceBook(type);
});
const addresses = (now: number) => book.seen(now).map((instance) => instance.addresses);

describe("a book of instances", () => {
  test("lists what was announced, with everything needed to connect", () => {
    expect(book.read(announcement("10.0.0.1"), at(0))).toBe(true);
    expect(book.seen(0)).toEqual([
      {
        name: "Router",
        port: 11_435,
        addresses: ["10.0.0.1"],
        texts: new Map([
          ["fleet", "abc"],
          ["version", "0.1.0"],
        ]),
      },
    ]);
  });

  test("forgets what says farewell, and what was not heard again within its lifetime", () => {
    book.read(announcement("10.0.0.1"), at(0));
    book.read(farewellOf(announcement("10.0.0.1")), at(1_000));
    expect(book.seen(1_000)).toEqual([]);
    book.read(announcement("10.0.0.1"), at(2_000));
    expect(addresses(121_000)).toHaveLength(1);
    expect(addresses(122_000)).toEqual([]);
  });

  test("replaces an address by a later one of the same network, and keeps those of other networks", () => {
    book.read(announcement("10.0.0.1"), at(0, "eth0"));
    book.read(announcement("10.9.0.1"), at(1, "eth1"));
    book.read(announcement("10.0.0.5"), at(5_000, "eth0"));
    expect(addresses(5_000)).toEqual([["10.0.0.5", "10.9.0.1"]]);
  });

  test("keeps two addresses that come at the same time from one network", () => {
    book.read(announcement("10.0.0.1"), at(0));
    book.read(announcement("10.0.0.2"), at(20));
    expect(addresses(20)).toEqual([["10.0.0.2", "10.0.0.1"]]);
  });

  test("takes a new port and new texts of a known instance", () => {
    book.read(announcement("10.0.0.1"), at(0));
    book.read(announcement("10.0.0.1", { port: 80, texts: ["fleet=def"] }), at(1));
    expect(book.seen(1)).toMatchObject([{ port: 80, texts: new Map([["fleet", "def"]]) }]);
  });

  test("takes loopback addresses only from this machine", () => {
    book.read(announcement("127.0.0.1"), at(0));
    expect(book.seen(0)).toEqual([]);
    book.read(announcement("127.0.0.1"), { ...at(0, "lo"), isFromHere: true });
    expect(addresses(0)).toEqual([["127.0.0.1"]]);
  });

  test("leaves out what cannot be connected to, other types, and questions", () => {
    expect(book.read(announcement("10.0.0.1", { type: nameOf("_other._tcp.local") }), at(0))).toBe(false);
    book.read(announcement("10.0.0.1", { port: 0 }), at(0));
    book.read({ ...announcement("10.0.0.1"), isResponse: false }, at(0));
    const bare: DnsRecord = { type: "PTR", name: type, target: ["Bare", ...type], ttl: 120, isFlush: false };
    book.read(messageOf({ isResponse: true, answers: [bare] }), at(0));
    expect(book.seen(0)).toEqual([]);
  });

  test("reads texts that are junk as far as they go", () => {
    book.read(announcement("10.0.0.1", { texts: ["", "=x", "flag", "Fleet=abc", "fleet=late", "a=b=c"] }), at(0));
    expect([...(book.seen(0)[0]?.texts ?? [])].sort()).toEqual([
      ["a", "b=c"],
      ["flag", ""],
      ["fleet", "abc"],
    ]);
  });

  test("stays small in a flood, keeps what it knew before, and hears others beside it", () => {
    const flood = (address: string, count: number) =>
      announcement(address, { name: `Flood ${count}`, host: [`f${count}`] });
    book.read(announcement("10.0.0.1"), at(0));
    for (let count = 0; count < 500; count += 1) book.read(flood("10.1.0.1", count), at(1, "eth0", "10.1.0.1"));
    book.read(announcement("10.0.0.7", { name: "Late", host: ["late"] }), at(2, "eth0", "10.0.0.7"));
    expect(book.seen(2)).toHaveLength(1 + 8 + 1);
    for (let count = 500; count < 5_000; count += 1) {
      const address = `10.1.${count >> 8}.${count & 255}`;
      book.read(flood(address, count), at(3, "eth0", address));
    }
    for (let count = 0; count < 500; count += 1) book.read(announcement(`10.2.${count >> 8}.${count & 255}`), at(4));
    const seen = book.seen(4);
    expect(seen).toHaveLength(64);
    expect(seen.find(({ name }) => name === "Router")?.addresses.length).toBeLessThanOrEqual(16);
  });
});
