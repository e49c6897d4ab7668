import { expect, test } from "vitest";
import { otherRouters } from "./other-routers.ts";

const own = { fleetId: "00000000000000aa", herdNode: "herd-node" };
const seen = (name: string, texts: Readonly<Record<string, string>>, addresses = ["192.168.1.10"]) => ({
  name,
  port: 11_435,
  texts: new Map(Object.entries(texts)),
  addresses,
});

test("another router is named with the line that joins it", () => {
  expect(otherRouters([seen("Study", { fleet: "00000000000000bb", host: "studio" })], own)).toEqual([
    {
      key: "00000000000000bb",
      text: 'another router is on this network, "Study" on studio. To join this machine to it instead: herd-node --router-url http://192.168.1.10:11435',
    },
  ]);
});

test("a router of the predecessor has no key: its place stands for it", () => {
  expect(otherRouters([seen("Fleet Manager Router", {})], own)).toMatchObject([{ key: "http://192.168.1.10:11435" }]);
});

test("its own announcement, and addresses outside of every private network, are no other router", () => {
  expect(otherRouters([seen("Me", { fleet: own.fleetId }), seen("Far", {}, ["8.8.8.8"])], own)).toEqual([]);
});

test("names from the network cannot steer the terminal", () => {
  expect(otherRouters([seen("a\u001b[2J", { host: "b\nc" })], own)[0]?.text).toMatch(/"a�\[2J" on b�c\./);
});
