import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { commands } from "../commands.ts";
import { helpPage, upPage } from "../own-pages.ts";
import { type RecordedRouter, startRecordedRouter } from "../testing/recorded-router.ts";
import { testShell } from "../testing/test-shell.ts";
import { completeLine } from "./complete-line.ts";
import { bashScript, fishScript, zshScript } from "./scripts.ts";

const pages = [upPage, ...commands, helpPage];
const options = [{ word: "--port", meaning: "its port" }];

let router: RecordedRouter | undefined;
afterEach(async () => {
  await router?.close();
  router = undefined;
});

/** The words that a line may go on with; the line ends with the unfinished one. */
async function complete(line: string, url = "http://127.0.0.1:1"): Promise<readonly string[]> {
  const shown = testShell(url);
  await completeLine(shown.shell, { pages, options, words: line.split(" ") });
  return shown
    .printed()
    .split("\n")
    .filter((one) => one !== "")
    .map((one) => one.split("\t")[0] ?? "");
}

describe("completing a line", () => {
  test.each([
    ["st", ["status"]],
    ["node ", ["list", "drain", "resume", "remove"]],
    ["node d", ["drain"]],
    ["bench start --mode ", ["quick", "full", "custom"]],
    ["bench start --mode quick --det", ["--detach"]],
    ["logs --level W", ["WARNING"]],
    ["--po", ["--port"]],
    ["help node re", ["resume", "remove"]],
    ["completion f", ["fish"]],
    ["status extra ", []],
    ["traces --limit ", []],
    ["nonsense ", []],
  ])("'%s' goes on with %j", async (line, words) => {
    expect(await complete(line)).toEqual(words);
  });

  test("offers all commands and no others", async () => {
    const words = await complete("");
    expect(words).toEqual(expect.arrayContaining(["up", "status", "top", "models", "pull", "doctor", "help"]));
    expect(words.every((word) => pages.some((page) => page.words[0] === word))).toBe(true);
  });

  test("asks the router for names of models and machines, and leaves out those that would steer a terminal", async () => {
    router = await startRecordedRouter({
      "GET /api/tags": { models: [{ name: "gemma3:4b" }, { name: "gemma3:\u001b[2J" }, { name: "qwen3:8b" }] },
      "GET /fleet/status": { nodes: [{ node_id: "mac-mini" }], more: 1 },
    });
    expect(await complete("pull g", router.url)).toEqual(["gemma3:4b"]);
    expect(await complete("node drain ", router.url)).toEqual(["mac-mini"]);
    expect(await complete(`traces --router-url ${router.url} --node m`)).toEqual(["mac-mini"]);
    expect(await complete("traces --node=m", router.url)).toEqual(["--node=mac-mini"]);
  });

  test("is silent where no router answers", async () => expect(await complete("pull ")).toEqual([]));
});

const has = (program: string): boolean => spawnSync(program, ["-c", "true"]).status === 0;

describe("the scripts for shells", () => {
  test("hand every shell the words that were typed", () => {
    for (const script of [bashScript, zshScript, fishScript]) expect(script).toContain("herd __complete");
  });

  test.skipIf(!has("bash"))("bash completes with it", () => {
    const folder = mkdtempSync(join(tmpdir(), "herd-bash-"));
    try {
      // It tells how many words it was given, then the words themselves, all with what was typed of the last one before them.
      const own =
        '#!/bin/sh\nfor last; do :; done\nfor word in "$#" "$2" "$3"; do printf "%s\\tmeaning\\n" "$last$word"; done\n';
      writeFileSync(join(folder, "herd"), own, { mode: 0o755 });
      const env = { PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` };
      const proposed = (line: string) => {
        const use = `${bashScript}\nCOMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; _herd; printf '%s\\n' "\${COMPREPLY[@]}"`;
        return execFileSync("bash", ["--norc", "-c", use], { env, encoding: "utf8" }).trim().split("\n");
      };
      expect(proposed("herd node dr")).toEqual(["dr3", "drnode", "drdr"]);
      expect(proposed("herd node ").slice(0, 2)).toEqual(["3", "node"]);
      // Bash takes these words apart, and wants only what comes behind.
      expect(proposed("herd rm gemma3:4")).toEqual(["43", "4rm", "4gemma3:4"]);
      expect(proposed("herd pull --node=m")[0]).toBe("m3");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
