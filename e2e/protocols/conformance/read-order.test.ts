import { describe, expect, test } from "vitest";
import { readOrder } from "./read-order.ts";

const both = ["--direct", "http://127.0.0.1:11434", "--router", "localhost:11435"];

describe("the command line", () => {
  test("without anything is the own run", () => {
    expect(readOrder([])).toMatchObject({ kind: "order", order: { kind: "own", only: undefined, mustWrite: false } });
  });

  test("names two servers, with or without http://", () => {
    const read = readOrder([...both, "--model", "m", "--only", "/v1"]);
    expect(read).toMatchObject({
      kind: "order",
      order: { kind: "live", model: "m", allowsChanges: false, only: "/v1" },
    });
    expect(
      read.kind === "order" && read.order.kind === "live" && [read.order.direct.host, read.order.router.host],
    ).toEqual(["127.0.0.1:11434", "localhost:11435"]);
  });

  test("names a folder of recordings, or none", () => {
    expect(readOrder(["--recordings", "/a"])).toMatchObject({
      kind: "order",
      order: { kind: "recordings", folder: "/a" },
    });
    expect(readOrder(["--recordings"])).toMatchObject({
      kind: "order",
      order: { kind: "recordings", folder: undefined },
    });
  });

  test.each([
    [["--direct", "http://a"], "--router is missing: both servers are needed, or none."],
    [["--router", "http://a"], "--direct is missing: both servers are needed, or none."],
    [["--direct", "http://a/v1", "--router", "http://b"], "without a path"],
    [["--direct", "http://a", "--router", "ftp://b"], "--router takes the address of a server"],
    [["--direct", "", "--router", "http://b"], "--direct takes the address of a server"],
    [[...both, "--recordings"], "--recordings needs no servers"],
    [[...both, "--write"], "--write goes alone"],
    [["--write", "--only", "/v1"], "--write goes alone"],
    [["--model", "m"], "go with --direct and --router only"],
    [["--allow-changes"], "go with --direct and --router only"],
    [["surprise"], '"surprise" is not expected there.'],
    [["--recordings", "a", "b"], '"b" is not expected there.'],
    [["--dance"], "Unknown option '--dance'."],
  ])("%j is refused with a sentence", (args, sentence) => {
    expect(readOrder(args)).toEqual({ kind: "problem", sentence: expect.stringContaining(sentence) });
  });
});
