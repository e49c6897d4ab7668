import { describe, expect, it } from "vitest";
import { type NoticeItem, noticeSeverity, noticeText, noticeTitle } from "./notice.ts";

const item = (more: Partial<NoticeItem> = {}): NoticeItem => ({
  change: "began",
  checkId: "node_offline",
  severity: "critical",
  nodeId: "mac",
  title: "mac is offline",
  description: "No heartbeat came for 45 s.",
  fix: "Start herd-node on that machine",
  command: "herd node remove mac",
  since: 1_000,
  ...more,
});
const notice = (...items: NoticeItem[]) => ({ at: 2_000, router: "den", items, isTest: false });

describe("a notice", () => {
  it("names the finding when it is one, and counts when there are several", () => {
    expect(noticeTitle(notice(item()))).toBe("Herd on den: mac is offline");
    expect(noticeTitle(notice(item({ change: "ended" })))).toBe("Herd on den: over: mac is offline");
    expect(noticeTitle(notice(item(), item(), item({ change: "ended" })))).toBe(
      "Herd on den: 2 new findings, 1 finding is over",
    );
    expect(noticeTitle({ ...notice(), isTest: true })).toBe("Herd on den: a test");
  });

  it("says what was seen and what to do, a line each, and counts what does not fit", () => {
    expect(noticeText(notice(item(), item({ change: "ended" })))).toBe(
      "CRITICAL: mac is offline. No heartbeat came for 45 s. Fix: Start herd-node on that machine: herd node remove mac\nOVER: mac is offline",
    );
    expect(
      noticeText(notice(...Array.from({ length: 13 }, () => item())))
        .split("\n")
        .at(-1),
    ).toBe("and 3 more");
  });

  it("is as severe as the worst of what is new", () => {
    expect(noticeSeverity(notice(item({ severity: "warning" }), item({ change: "ended" })))).toBe("warning");
    expect(noticeSeverity(notice(item({ change: "ended" })))).toBe("info");
  });
});
