import { describe, expect, it } from "vitest";
import type { AccessFacts } from "../facts/router-facts.ts";
import { foundBy } from "../testing/found-by.ts";
import { securityPosture } from "./security-posture.ts";

const access = (more: Partial<AccessFacts> = {}) => ({
  router: {
    access: {
      listensOn: "everything" as const,
      publicAddresses: [],
      allowLegacy: true,
      lanNetworks: [],
      trustedProxies: [],
      corsOrigins: [],
      keepsBodies: false,
      ...more,
    },
  },
});

describe("the check security_posture", () => {
  it("finds a public address that the router listens on", () => {
    expect(foundBy(securityPosture, access({ publicAddresses: ["8.8.4.4"] }))).toMatchObject([
      { severity: "warning", subject: "public-address", details: { addresses: ["8.8.4.4"] } },
    ]);
  });

  it("finds lists that let in everybody", () => {
    const wide = { lanNetworks: ["0.0.0.0/0"], trustedProxies: ["::/0"], corsOrigins: ["*"] };
    expect(foundBy(securityPosture, access(wide)).map(({ subject }) => subject)).toEqual([
      "lan_networks",
      "trusted_proxies",
      "cors_origins",
    ]);
  });

  it("finds files that others can read, and kept prompts", () => {
    expect(foundBy(securityPosture, { router: { looseFiles: [{ path: "/d/a b", mode: 0o644 }] } })).toMatchObject([
      {
        subject: "file-modes",
        command: "chmod -R go= '/d/a b'",
        details: { files: [{ path: "/d/a b", mode: "644" }] },
      },
    ]);
    expect(foundBy(securityPosture, access({ keepsBodies: true }))).toMatchObject([{ severity: "info" }]);
  });

  it("stays silent for what is usual: a private network, a named proxy, a page of one's own", () => {
    expect(
      foundBy(
        securityPosture,
        access({
          lanNetworks: ["198.51.100.0/24"],
          trustedProxies: ["10.0.0.5"],
          corsOrigins: ["https://chat.example.com"],
        }),
      ),
    ).toEqual([]);
    expect(foundBy(securityPosture, access({ listensOn: "loopback", publicAddresses: ["8.8.4.4"] }))).toEqual([]);
  });
});
