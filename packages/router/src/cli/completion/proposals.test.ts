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
      writeFileSync(join(folder, "herd"), '#!/bin/sh\nprintf \'%s\\tmeaning\\n\' "$#" "$2" "$3"\n', { mode: 0o755 });
      const use = `${bashScript}\nCOMP_WORDS=(herd node dr); COMP_CWORD=2; _herd; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` };
      expect(execFileSync("bash", ["--norc", "-c", use], { env, encoding: "utf8" })).toBe("3\nnode\ndr\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
