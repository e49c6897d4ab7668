import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withCleanup } from "../support/cleanup.ts";
import { ask } from "../support/clients/http-call.ts";
import { startUp, untilDemo } from "../support/fleets/demo-fleet.ts";
import { startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** Runs one command to its end. */
async function herd(...flags: readonly string[]) {
  const program = startProgram({ name: "herd", flags });
  const code = await program.ended;
  return { code, output: program.output() };
}

describe("the commands, on the demo", { timeout: 90_000 }, () => {
  test("tell what the fleet does, pull a model, change a setting, and find a request in the log", () =>
    withCleanup(async (cleanup) => {
      const dataDir = join(tempFolder(cleanup), "data");
      const up = await startUp(cleanup, { dataDir });
      await untilDemo(up);
      const at = ["--router-url", up.url] as const;
      const body = { model: "demo-chat", messages: [{ role: "user", content: "Hello" }], stream: false };
      await ask(up.target, { path: "/api/chat", body, headers: { "x-request-id": "tour-1" } });

      expect(await herd("status", ...at)).toMatchObject({ code: 0, output: expect.stringContaining("demo-mac-mini") });
      expect(await herd("models", ...at)).toMatchObject({
        code: 0,
        output: expect.stringContaining("demo-chat:latest"),
      });
      expect(await herd("top", "--once", ...at)).toMatchObject({ code: 0, output: expect.stringContaining("tour-1") });
      expect(await herd("explain", "tour-1", ...at)).toMatchObject({
        code: 0,
        output: expect.stringContaining("went to demo-"),
      });
      const pulled = await herd("pull", "tour:1b", "--node", "demo-laptop", ...at);
      expect(pulled).toMatchObject({ code: 0, output: expect.stringMatching(/tour:1b is on demo-laptop\n$/) });
      const refused = await herd("settings", "set", "wait_deadline_s", "soon", ...at);
      expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/^herd: wait_deadline_s = "soon"/) });
      expect((await herd("settings", "set", "wait_deadline_s", "120", ...at)).output).toContain(
        "wait_deadline_s = 120",
      );
      const found = await herd("logs", "--request", "tour-1", ...at);
      expect(found).toMatchObject({ code: 0, output: expect.stringContaining("request completed") });
      const completed = await herd("__complete", "node", "drain", "--router-url", up.url, "demo-l");
      expect(completed.output).toBe("demo-laptop\n");

      up.program.signal("SIGTERM");
      await up.program.ended;
      const offline = await herd(
        "logs",
        "--request",
        "tour-1",
        "--port",
        String(up.target.port),
        "--data-dir",
        dataDir,
      );
      expect(offline).toMatchObject({ code: 0, output: expect.stringContaining("request completed") });
      expect((await herd("doctor", ...at)).code).toBe(5);
      expect(readFileSync(join(dataDir, "logs", "herd.jsonl"), "utf8")).toContain('"level": "INFO"');
    }));
});
