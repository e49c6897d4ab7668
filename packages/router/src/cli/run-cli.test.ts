import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "./run-cli.ts";

/** What was printed; commander writes there itself. */
let printed: string;
let restore: () => void;

beforeEach(() => {
  printed = "";
  const { stdout, stderr } = process;
  const kept = [stdout, stderr].map((stream) => [stream, stream.write] as const);
  for (const [stream] of kept) {
    stream.write = ((text: string) => {
      printed += text;
      return true;
    }) as typeof stream.write;
  }
  restore = () => {
    for (const [stream, write] of kept) stream.write = write;
  };
});

afterEach(() => restore());

interface Run {
  readonly code: number;
  readonly runs: readonly { readonly flags: Readonly<Record<string, unknown>>; readonly withAgent: boolean }[];
}

/** Runs the command line with these words; a router that is run ends at once with `exitCode`. */
async function run(words: readonly string[], exitCode = 0): Promise<Run> {
  const runs: Run["runs"][number][] = [];
  const code = await runCli({
    argv: ["node", "herd", ...words],
    portOf: () => 1,
    run: async (order) => {
      runs.push(order);
      return exitCode;
    },
  });
  return { code, runs };
}

describe("the command herd", () => {
  test("runs the router alone, with its exit code", async () => {
    expect(await run([], 3)).toMatchObject({ code: 3, runs: [{ withAgent: false }] });
  });

  test("up runs the router and the agent of this machine", async () => {
    expect(await run(["up"])).toMatchObject({ code: 0, runs: [{ withAgent: true }] });
  });

  test("hands its flags on, before and after the command", async () => {
    const flags = { port: "12000", dataDir: "/tmp/x" };
    expect((await run(["--port", "12000", "--data-dir", "/tmp/x"])).runs).toMatchObject([{ flags }]);
    expect((await run(["--port", "12000", "--data-dir", "/tmp/x", "up"])).runs).toMatchObject([
      { flags, withAgent: true },
    ]);
  });

  test.each([["--nonsense"], ["nonsense"], ["--port"]])(
    "%s is a wrong use: exit code 2, and nothing runs",
    async (word) => {
      expect(await run([word])).toEqual({ code: 2, runs: [] });
      expect(printed).not.toBe("");
    },
  );

  test.each([
    ["--help", "Examples:"],
    ["--version", "."],
  ])("%s prints and ends well", async (word, text) => {
    expect(await run([word])).toEqual({ code: 0, runs: [] });
    expect(printed).toContain(text);
  });

  test.each(["status", "explain"])("%s says so when no router answers: exit code 1", async (word) => {
    expect(await run([word])).toEqual({ code: 1, runs: [] });
    expect(printed).toMatch(/^herd: no router answers at http:\/\/127\.0\.0\.1:1/);
  });
});
