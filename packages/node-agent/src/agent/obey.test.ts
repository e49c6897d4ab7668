import { expect, test } from "vitest";
import { createLogs } from "../log/create-logs.ts";
import { createObey } from "./obey.ts";

test("known commands are carried out; unknown ones are logged by a short name and ignored", () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logs = createLogs({ level: "WARNING", write, printLevel: "CRITICAL", print: () => undefined, clock: () => 0 });
  let asked = 0;
  const obey = createObey({ log: logs("agent"), actions: { reportInventory: () => (asked += 1) } });
  obey(undefined);
  obey([{ type: "run_shell", line: "rm -rf /" }, "x".repeat(500), null, { type: "report_inventory", reason: "new" }]);
  obey([{ type: "run_shell" }]);
  expect(asked).toBe(1);
  expect(lines.map((line) => JSON.parse(line).command)).toEqual(["run_shell", "x".repeat(64), "null"]);
});
