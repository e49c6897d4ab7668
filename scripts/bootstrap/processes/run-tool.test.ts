import { expect, test } from "vitest";
import { SetupError } from "../setup-error.mjs";
import { runTool } from "./run-tool.mjs";

const toolThat = (script: string) => ({
  command: process.execPath,
  args: ["-e", script],
  folder: import.meta.dirname,
  environment: process.env,
  failure: "The dependencies could not be installed.",
});

/** The error with which a tool's run ends. */
const failureOf = async (call: Parameters<typeof runTool>[0]): Promise<SetupError> => {
  const error = await runTool(call).catch((reason: unknown) => reason);
  if (error instanceof SetupError) return error;
  throw new Error(`ended with ${String(error)} instead of a set-up error`);
};

test("a tool that ends well says nothing", async () => {
  await expect(runTool(toolThat("console.log('noise')"))).resolves.toBeUndefined();
});

test("a failure carries the sentence and the lines of both outputs", async () => {
  const error = await failureOf(toolThat("console.log('well so far'); console.error('at last'); process.exitCode = 3"));
  expect(error.message).toBe("The dependencies could not be installed.");
  expect(error.lastLines.toSorted()).toEqual(["at last", "well so far"]);
});

test("of a long output a failure carries the last lines", async () => {
  const script = "for (let i = 0; i < 200; i++) console.log('line ' + i); process.exitCode = 3";
  const error = await failureOf(toolThat(script));
  expect(error.lastLines).toEqual(Array.from({ length: 25 }, (_, at) => `line ${175 + at}`));
});

test.each([
  ["npm error code ENOTFOUND", "registry cannot be reached"],
  ["npm error connect ECONNREFUSED 127.0.0.1:1", "registry cannot be reached"],
  ["npm error code EINTEGRITY", "not what was published"],
  ["ENOSPC: no space left on device", "disk is full"],
  ["npm error code E404", "does not have this version"],
  ["EACCES: permission denied, mkdir", "cannot be written"],
])("a failure that prints %j is explained: %s", async (printed, explanation) => {
  const error = await failureOf(toolThat(`console.error(${JSON.stringify(printed)}); process.exit(1)`));
  expect(error.message).toContain(explanation);
});

test("a tool that is not there is named", async () => {
  const error = await failureOf({ ...toolThat(""), command: "/no/such/program" });
  expect(error.message).toContain("/no/such/program");
});
