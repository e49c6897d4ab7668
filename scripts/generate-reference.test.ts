import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { outdatedPages, referencePages, writePages } from "./generate-reference.ts";

it("finds every page of docs/reference as its declarations say", () => {
  expect(outdatedPages(join(import.meta.dirname, "..", "docs", "reference"))).toEqual([]);
});

it("names a page that is missing or has been changed by hand", () => {
  const folder = mkdtempSync(join(tmpdir(), "herd-reference-"));
  try {
    expect(outdatedPages(folder)).toEqual(referencePages.map(({ file }) => file));
    writePages(folder);
    expect(outdatedPages(folder)).toEqual([]);
    writeFileSync(join(folder, "configuration.md"), "changed");
    expect(outdatedPages(folder)).toEqual(["configuration.md"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
