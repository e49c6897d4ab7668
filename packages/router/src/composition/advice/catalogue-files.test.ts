import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCatalogueFiles, createKnownCatalogue } from "./catalogue-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-catalogue-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const own = (date: string, name = "mine:1b") => ({
  format: 1,
  date,
  about: "",
  sources: { s: { title: "t", url: "https://example.com", date } },
  models: [
    {
      ollama_name: name,
      display_name: "Mine",
      family: "mine",
      params_b: 1,
      active_params_b: 1,
      size_bytes: 1e9,
      context_length: 4096,
      category: "general",
      sources: { size: "s" },
    },
  ],
});

test("without a file of its own, the list of this version is used", async () => {
  const known = await createCatalogueFiles(join(folder, "models.json"))();
  expect(known).toMatchObject({ origin: "built-in", problem: undefined });
  expect(known.book.models.length).toBeGreaterThan(100);
});

test("a newer list in the data folder wins, also one that comes while the router runs", async () => {
  const path = join(folder, "models.json");
  const read = createCatalogueFiles(path);
  expect((await read()).origin).toBe("built-in");
  writeFileSync(path, JSON.stringify(own("2099-01-01")));
  const known = await read();
  expect(known).toMatchObject({ origin: "data-folder", problem: undefined });
  expect(known.book.models.map(({ ollama_name }) => ollama_name)).toEqual(["mine:1b"]);
  expect(await read()).toBe(known);
  rmSync(path);
  expect((await read()).origin).toBe("built-in");
});

test.each([
  ["is older", JSON.stringify(own("2001-01-01")), /^it is older/],
  ["is no JSON", "{", /JSON/],
  ["is of another shape", JSON.stringify({ format: 1 }), /./],
  ["has a bad name", JSON.stringify(own("2099-01-01", "no tag")), /ollama_name/],
  ["is empty", "", /JSON/],
])("a file that %s is told and not used", async (_what, content, problem) => {
  const path = join(folder, "models.json");
  writeFileSync(path, content);
  const known = await createCatalogueFiles(path)();
  expect(known.origin).toBe("built-in");
  expect(known.problem).toMatch(problem);
});

test("a file that is refused, and one that was mended, are noticed without anybody reading the list", async () => {
  const path = join(folder, "models.json");
  writeFileSync(path, "{");
  const { refused, read } = createKnownCatalogue(path);
  await expect.poll(refused).toMatchObject({ path, problem: expect.stringContaining("JSON") });
  expect((await read()).origin).toBe("built-in");
  writeFileSync(path, JSON.stringify(own("2099-01-01")));
  await expect.poll(refused).toBeUndefined();
  expect((await read()).origin).toBe("data-folder");
});
