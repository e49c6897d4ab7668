import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { fitsTheDependencies, nodeOnPath } from "./choose-node.mjs";
import { inCheckout } from "./places.mjs";
import { nodePackages, pnpmPackages } from "./platforms.mjs";
import { writeTree } from "./testing/write-tree.ts";

test.each(["22.19.0", "22.23.2", "24.0.0", "24.21.0", "26.0.0", "27.1.0"])("Node %s is good enough", (version) => {
  expect(fitsTheDependencies(version)).toBe(true);
});

test.each(["18.0.0", "20.20.2", "22.18.9", "23.11.0", "25.2.1", ""])("Node %s is not", (version) => {
  expect(fitsTheDependencies(version)).toBe(false);
});

test.runIf(process.platform !== "win32")(
  "the first fitting Node on PATH is taken, broken and old ones are passed over",
  () => {
    const saying = (text: string) => `#!/bin/sh\necho ${text}\n`;
    using tree = writeTree({
      "old/node": saying("v20.20.2"),
      "broken/node": "#!/bin/sh\nexit 3\n",
      "good/node": saying("v24.3.0"),
      "later/node": saying("v26.0.0"),
    });
    const folders = ["missing", "old", "broken", "good", "later"].map((name) => join(tree.root, name));
    expect(nodeOnPath(folders.join(delimiter))).toBe(join(tree.root, "good", "node"));
    expect(nodeOnPath(folders.slice(0, 3).join(delimiter))).toBeUndefined();
  },
);

test.each(Object.entries(nodePackages))(
  "the Node that is brought to %s fits, and has a pnpm beside it",
  (platform, wanted) => {
    expect(fitsTheDependencies(wanted.version)).toBe(true);
    expect(wanted.integrity).toMatch(/^sha512-/);
    expect(pnpmPackages[platform]).toBeDefined();
  },
);

test("the pnpm that is brought is the one that package.json names", () => {
  const { packageManager } = JSON.parse(readFileSync(inCheckout("package.json"), "utf8"));
  const versions = Object.values(pnpmPackages).map(({ version }) => `pnpm@${version}`);
  expect([...new Set(versions)]).toEqual([packageManager]);
});
