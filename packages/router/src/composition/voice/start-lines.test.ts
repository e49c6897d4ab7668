import { plain, textWidth } from "@herd/shared/terminal";
import { describe, expect, test } from "vitest";
import { type OwnPlaces, placesAmong } from "./own-places.ts";
import { type StartFacts, startLines } from "./start-lines.ts";

const settings = {
  host: "0.0.0.0",
  lanNetworks: [],
  trustedProxies: [],
  allowedHosts: [],
  allowLegacy: true,
  dataDir: "/home/ada/.fleet-manager",
};
const atHome: OwnPlaces = { lan: ["192.168.1.10"], public: [], names: ["studio.local"] };

function linesOf(more: Partial<StartFacts["settings"]> = {}, places: OwnPlaces = atHome, width = 80): string {
  const merged = { ...settings, ...more };
  const facts: StartFacts = {
    settings: merged,
    address: { host: merged.host, port: 11_435 },
    places,
    commands: { herdNode: "herd-node" },
    homeDir: "/home/ada",
  };
  return startLines(facts, { paint: plain, width });
}

describe("the first lines", () => {
  test("tell version, URLs for this machine and for others, who may what, and how another machine joins", () => {
    const text = linesOf();
    expect(text).toMatch(/^herd \d+\.\d+\.\d+\n/);
    expect(text).toContain(
      "  API         http://localhost:11435\n              http://192.168.1.10:11435 or http://studio.local:11435\n",
    );
    expect(text).toContain("  Dashboard   http://localhost:11435/dashboard/\n");
    expect(text).toContain("  Open to     this machine: everything\n");
    expect(text).toMatch(/private network: requests, lists, status; machines may join/);
    expect(text).toContain("anybody else: nothing\n");
    expect(text).toContain("~/.fleet-manager\n");
    expect(text).toContain("\n              herd-node --router-url http://192.168.1.10:11435\n");
  });

  test("begin with a warning where the machine has a public address of its own", () => {
    const text = linesOf({}, { ...atHome, public: ["203.0.113.9"] });
    expect(text).toMatch(/^! This machine has the public address 203\.0\.113\.9/);
    expect(text).toContain("--host=127.0.0.1");
  });

  test("name every setting that opens more than its strictest value", () => {
    const text = linesOf(
      {
        lanNetworks: ["203.0.113.0/24", "2001:db8::/32", "198.51.100.0/24", "192.0.2.0/24", "192.0.3.0/24"],
        trustedProxies: ["10.0.0.5"],
        allowedHosts: ["herd.example.com"],
      },
      atHome,
      200,
    ).replace(/\n {14,}/g, " ");
    for (const name of ["lan_networks", "trusted_proxies", "allowed_hosts", "allow_legacy"])
      expect(text).toContain(name);
    expect(text).toContain("203.0.113.0/24, 2001:db8::/32, 198.51.100.0/24 and 2 more");
    expect(linesOf({ allowLegacy: false })).not.toContain("allow_legacy");
  });

  test("say that nobody else gets in when it listens on loopback only, and name no way to join", () => {
    const text = linesOf({ host: "127.0.0.1" }, { lan: [], public: [], names: ["studio.local"] });
    expect(text).toContain("anybody else: nothing (host 127.0.0.1)");
    expect(text).not.toContain("herd-node");
    expect(text).not.toContain("studio.local");
  });

  test("name the one address that it listens on, which localhost is not", () => {
    const text = linesOf({ host: "192.168.1.10" });
    expect(text).toContain("  API         http://192.168.1.10:11435\n");
    expect(text).not.toContain("localhost");
    expect(text).toContain("this machine: as the private network (host 192.168.1.10)\n");
    expect(linesOf({ host: "fd00::1" }, { lan: ["fd00::1"], public: [], names: [] })).toContain(
      "http://[fd00::1]:11435\n",
    );
  });

  test("fit 80 columns", () => {
    const text = linesOf(
      { trustedProxies: ["10.0.0.5"], allowedHosts: ["a.example"] },
      { ...atHome, public: ["203.0.113.9"] },
    );
    expect(Math.max(...text.split("\n").map(textWidth))).toBeLessThanOrEqual(80);
  });
});

describe("this machine's places", () => {
  const v4 = (address: string, internal = false) => ({ address, family: "IPv4", internal });
  const v6 = (address: string) => ({ address, family: "IPv6", internal: false });
  const interfaces = {
    lo: [v4("127.0.0.1", true)],
    eth0: [v4("192.168.1.10"), v6("fe80::1%eth0"), v6("2a01:db8::7"), v6("fd00::7")],
    docker0: [v4("172.17.0.1")],
    tailscale0: [v4("100.100.1.2")],
    ppp0: [v4("203.0.113.9")],
  };

  test("are sorted by who reaches them; container networks and link-local ones lead nobody here", () => {
    expect(placesAmong(interfaces, "0.0.0.0")).toEqual({
      lan: ["192.168.1.10", "100.100.1.2"],
      public: ["203.0.113.9"],
    });
  });

  test("are those that the router listens on", () => {
    expect(placesAmong(interfaces, "::").public).toEqual(["2a01:db8::7", "203.0.113.9"]);
    expect(placesAmong(interfaces, "::").lan).toEqual(["192.168.1.10", "100.100.1.2", "fd00::7"]);
    expect(placesAmong(interfaces, "127.0.0.1")).toEqual({ lan: [], public: [] });
    expect(placesAmong(interfaces, "192.168.1.10")).toEqual({ lan: ["192.168.1.10"], public: [] });
  });

  test("on a machine inside a container are its container's", () => {
    expect(placesAmong({ "br-1": [v4("172.18.0.2")] }, "0.0.0.0").lan).toEqual(["172.18.0.2"]);
  });
});
