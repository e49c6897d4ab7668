import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../settings/read.ts";
import { runCli } from "./run-cli.ts";

/** What was printed; commander writes there itself. */
let printed: string;
let restore: () => void;

beforeEach(() => {
  printed = "";
  const { stdout, stderr } = process;
  const kept = [stdout, stderr].map((stream) => [stream, stream.write] as const);
  for (const [stream] of kept) {
    stream.write = ((text: string, done?: () => void) => {
      printed += text;
      done?.();
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
    env: {},
    resolve: (flags) => readSettings({ flags: { port: "1", ...flags }, env: {}, homeDir: "/there/is/none" }),
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

  test.each([["--nonsense"], ["nonsense"], ["--port"], ["status --nonsense"], ["status --router-url ftp://x"]])(
    "%s is a wrong use: exit code 2, and nothing runs",
    async (words) => {
      expect(await run(words.split(" "))).toEqual({ code: 2, runs: [] });
      expect(printed).not.toBe("");
    },
  );

  test.each([
    ["--help", "Examples:"],
    ["--version", "."],
    ["up --help", "Exit codes:"],
    ["status --help", "--router-url http://"],
    ["explain --help", "X-Request-Id"],
  ])("%s prints and ends well", async (words, text) => {
    expect(await run(words.split(" "))).toEqual({ code: 0, runs: [] });
    expect(printed).toContain(text);
  });

  test.each(["status", "explain"])("%s says so when no router answers: exit code 1", async (word) => {
    expect(await run([word])).toEqual({ code: 1, runs: [] });
    expect(printed).toMatch(/^herd: no router answers at http:\/\/127\.0\.0\.1:1/);
  });

  test.each(["status", "explain"])("%s asks the router that it is told to ask", async (word) => {
    expect(await run([word, "--router-url", "127.0.0.1:2"])).toEqual({ code: 1, runs: [] });
    expect(printed).toMatch(/^herd: no router answers at http:\/\/127\.0\.0\.1:2 /);
  });

  test("a bad setting is told before anybody is asked: exit code 2", async () => {
    expect(await run(["--port", "99999", "status"])).toEqual({ code: 2, runs: [] });
    expect(printed).toMatch(/^herd: .*port.*99999/);
  });

  test.each([
    ["stauts", "there is no command 'stauts'", "herd status?"],
    ["node drian pc", "there is no command 'node drian'", "herd node drain?"],
    ["help stauts", "there is no command 'stauts'", "herd help status?"],
    ["--jsn status", "unknown option '--jsn'", "--json?"],
    ["--prot 1 status", "unknown option '--prot'", "--port?"],
    ["traces --limit 0", "It must be a whole number from 1 to 1000", "herd traces --help"],
    ["up --router-url x", "herd up has no option '--router-url'", "herd up --help"],
    ["--json pull m", "herd pull has no option '--json'", "herd pull --help"],
  ])("%s: says what is wrong, and what would be right", async (words, why, fix) => {
    expect(await run(words.split(" "))).toEqual({ code: 2, runs: [] });
    expect(printed).toContain(why);
    expect(printed).toContain(fix);
  });

  test("what goes wrong is told as JSON, too, where JSON is wanted", async () => {
    const told = () => JSON.parse(printed.split("\n")[0] ?? "") as unknown;
    expect((await run(["status", "--json"])).code).toBe(1);
    expect(told()).toEqual({
      error: expect.stringContaining("no router answers"),
      code: null,
      hint: expect.stringContaining("npm start"),
      status: null,
    });
    for (const words of ["--json stauts", "status --json --nonsense", "status --json --port 99999"]) {
      printed = "";
      expect((await run(words.split(" "))).code).toBe(2);
      expect(told()).toMatchObject({ error: expect.any(String) });
    }
  });

  test("the router and the form of the answer may be named before the command", async () => {
    await run(["--router-url", "127.0.0.1:2", "--json", "node", "list"]);
    expect(printed).toMatch(/^\{"error":"no router answers at http:\/\/127\.0\.0\.1:2 /);
  });

  test("a group of commands alone shows its page", async () => {
    expect((await run(["completion"])).code).toBe(0);
    expect(printed).toContain("herd completion - ");
  });
});
