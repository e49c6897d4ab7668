import { describe, expect, it } from "vitest";
import { desktopCommandOf } from "./desktop-command.ts";

const hostile = `"; rm -rf / #$(reboot)' -e`;
const notice = {
  at: 1_000,
  router: "den",
  isTest: false,
  items: [
    {
      change: "began" as const,
      checkId: "a",
      severity: "critical" as const,
      nodeId: hostile,
      title: `${hostile}<b> is offline`,
      description: "It is.",
      fix: "Start it",
      command: undefined,
      since: 0,
    },
  ],
};

describe("the program that shows a notice", () => {
  it("gets the words as whole arguments behind the end of options", () => {
    const command = desktopCommandOf(notice, "linux");
    expect(command?.program).toBe("notify-send");
    expect(command?.args.slice(0, 3)).toEqual(["--app-name=Herd", "--urgency=critical", "--"]);
    expect(command?.args[3]).toBe(`Herd on den: ${hostile}<b> is offline`);
    expect(command?.args[4]).not.toContain("<");
  });

  it("reads no word as a part of AppleScript", () => {
    const command = desktopCommandOf(notice, "darwin");
    const script = command?.args.filter((_, index) => index < 6).join(" ");
    expect(script).not.toContain("reboot");
    expect(command?.args.at(-2)).toContain(hostile);
  });

  it("reads no word as a part of PowerShell", () => {
    const encoded = desktopCommandOf(notice, "win32")?.args.at(-1) ?? "";
    const script = Buffer.from(encoded, "base64").toString("utf16le");
    expect(script).not.toContain("reboot");
    const words = /FromBase64String\('([A-Za-z0-9+/=]+)'\)/.exec(script)?.[1] ?? "";
    expect(Buffer.from(words, "base64").toString()).toContain(hostile);
  });

  it("is none where nobody knows one", () => {
    expect(desktopCommandOf(notice, "aix")).toBeUndefined();
  });
});
