import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { nodeOffline } from "./node-offline.ts";

const away = (ms: number) => ({ status: "offline" as const, lastHeartbeatAt: NOW - ms });

describe("the check node_offline", () => {
  it("finds a machine that fell silent, with how long ago", () => {
    expect(foundBy(nodeOffline, { nodes: [{ snapshot: away(45_000) }] })).toMatchObject([
      {
        severity: "critical",
        nodeId: "node-1",
        description: expect.stringContaining("for 45 s"),
        command: "herd node remove node-1",
        details: { last_heartbeat_ago_s: 45 },
      },
    ]);
  });

  it("finds less wrong with one that said goodbye, and nothing but a note once it is away for a week", () => {
    expect(foundBy(nodeOffline, { nodes: [{ snapshot: { ...away(45_000), isDraining: true } }] })).toMatchObject([
      { severity: "warning" },
    ]);
    expect(foundBy(nodeOffline, { nodes: [{ snapshot: away(8 * 86_400_000) }] })).toMatchObject([
      { severity: "info", title: "node-1 seems to be retired" },
    ]);
  });

  it("finds a machine that was last seen in an earlier run, by what was stored", () => {
    const stored = {
      snapshot: { status: "offline", lastHeartbeatAt: undefined },
      facts: { lastSeenAt: NOW - 86_400_000 },
    } as const;
    expect(foundBy(nodeOffline, { nodes: [stored] })).toMatchObject([
      { severity: "critical", details: { last_heartbeat_ago_s: 86_400 } },
    ]);
  });

  it("quotes a name that a shell would read as more than a name", () => {
    expect(foundBy(nodeOffline, { nodes: [{ id: "a;$(reboot)'", snapshot: away(45_000) }] })).toMatchObject([
      { command: String.raw`herd node remove 'a;$(reboot)'\'''` },
    ]);
  });

  it("stays silent for machines that report, and right after a start for those that did before", () => {
    expect(foundBy(nodeOffline)).toEqual([]);
    expect(foundBy(nodeOffline, { nodes: [{ snapshot: { status: "degraded" } }] })).toEqual([]);
    expect(
      foundBy(nodeOffline, {
        nodes: [{ snapshot: { status: "offline", lastHeartbeatAt: undefined } }],
        router: { startedAt: NOW - 10_000 },
      }),
    ).toEqual([]);
  });
});
