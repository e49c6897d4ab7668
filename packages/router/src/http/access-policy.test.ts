import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AccessPolicy, type AccessRules, type Caller, type RouteClass, unmapped } from "./access-policy.ts";

const NO_RULES: AccessRules = {
  lanNetworks: [],
  trustedProxies: [],
  allowedHosts: [],
  ownNames: [],
  ownNetworks: [],
  isListedOrigin: () => false,
};

const policyWith = (rules: Partial<AccessRules> = {}): AccessPolicy => new AccessPolicy({ ...NO_RULES, ...rules });

const callerAt = (address: string, wishes: Partial<Caller> = {}): Caller => ({
  address,
  forwardedFor: undefined,
  isForwarded: false,
  host: "localhost:11435",
  ...wishes,
});

/** Standing of the caller, or the code it is refused with. */
function outcomeOf(policy: AccessPolicy, caller: Caller, routeClass: RouteClass = "use"): string {
  const verdict = policy.judge(caller, routeClass);
  return verdict.kind === "allowed" ? verdict.standing : verdict.code;
}

describe("where an address stands", () => {
  test.each([
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["10.0.0.0", "lan"],
    ["10.255.255.255", "lan"],
    ["172.16.0.1", "lan"],
    ["172.31.255.255", "lan"],
    ["192.168.0.1", "lan"],
    ["192.168.255.255", "lan"],
    ["169.254.0.1", "lan"],
    ["169.254.255.255", "lan"],
    ["100.64.0.0", "lan"],
    ["100.127.255.255", "lan"],
    ["fc00::1", "lan"],
    ["fdff:ffff::1", "lan"],
    ["fe80::1", "lan"],
    ["febf::1", "lan"],
  ])("%s is %s", (address, standing) => {
    expect(outcomeOf(policyWith(), callerAt(address))).toBe(standing);
  });

  test.each([
    "9.255.255.255",
    "11.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "128.0.0.1",
    "8.8.8.8",
    "0.0.0.0",
    "fbff::1",
    "fe00::1",
    "fec0::1",
    "2001:db8::1",
    "::2",
    "",
    "no address",
  ])("%s is outside", (address) => {
    expect(outcomeOf(policyWith(), callerAt(address))).toBe("HERD_ADDRESS_REFUSED");
  });

  test("is the same for an IPv4 address written as IPv6", () => {
    expect(outcomeOf(policyWith(), callerAt(unmapped("::ffff:127.0.0.1")))).toBe("loopback");
    expect(outcomeOf(policyWith(), callerAt(unmapped("::FFFF:192.168.1.2")))).toBe("lan");
    expect(outcomeOf(policyWith(), callerAt(unmapped("::ffff:c0a8:102")))).toBe("lan");
    expect(outcomeOf(policyWith(), callerAt(unmapped("::ffff:8.8.8.8")))).toBe("HERD_ADDRESS_REFUSED");
    expect(outcomeOf(policyWith(), callerAt(unmapped("fe80::1%eth0")))).toBe("lan");
  });

  test("can be the LAN by a setting, as a subnet or as one address", () => {
    const policy = policyWith({ lanNetworks: ["203.0.113.0/28", "2001:db8:1::/48", "198.51.100.7"] });
    expect(outcomeOf(policy, callerAt("203.0.113.15"))).toBe("lan");
    expect(outcomeOf(policy, callerAt("203.0.113.16"))).toBe("HERD_ADDRESS_REFUSED");
    expect(outcomeOf(policy, callerAt("2001:db8:1:ffff::9"))).toBe("lan");
    expect(outcomeOf(policy, callerAt("2001:db8:2::9"))).toBe("HERD_ADDRESS_REFUSED");
    expect(outcomeOf(policy, callerAt("198.51.100.7"))).toBe("lan");
    expect(outcomeOf(policy, callerAt("198.51.100.8"))).toBe("HERD_ADDRESS_REFUSED");
  });

  test("is the LAN in the /64 of an own IPv6 address when the machine also has a private IPv4 address", () => {
    const own = [
      { address: "192.168.1.5", prefix: 24 },
      { address: "2001:db8:7:1::5", prefix: 64 },
    ];
    const policy = policyWith({ ownNetworks: own });
    expect(outcomeOf(policy, callerAt("2001:db8:7:1:dead:beef::1"))).toBe("lan");
    expect(outcomeOf(policy, callerAt("2001:db8:7:2::1"))).toBe("HERD_ADDRESS_REFUSED");
    const onTheOpenNet = policyWith({ ownNetworks: [{ address: "203.0.113.9", prefix: 24 }, ...own.slice(1)] });
    expect(outcomeOf(onTheOpenNet, callerAt("2001:db8:7:1::6"))).toBe("HERD_ADDRESS_REFUSED");
    const sixOnly = policyWith({ ownNetworks: own.slice(1) });
    expect(outcomeOf(sixOnly, callerAt("2001:db8:7:1::6"))).toBe("HERD_ADDRESS_REFUSED");
  });

  test("never depends on what was asked before", () => {
    const addresses = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("127.0.0.1", "10.0.0.1", "8.8.8.8"));
    fc.assert(
      fc.property(fc.array(fc.tuple(addresses, fc.boolean()), { maxLength: 30 }), (calls) => {
        const policy = policyWith();
        for (const [address, isForwarded] of calls) {
          const caller = callerAt(address, { isForwarded });
          expect(outcomeOf(policy, caller)).toBe(outcomeOf(policyWith(), caller));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("what a caller may do", () => {
  test.each([
    ["127.0.0.1", "use", "loopback"],
    ["127.0.0.1", "change", "loopback"],
    ["127.0.0.1", "agent", "loopback"],
    ["192.168.1.2", "use", "lan"],
    ["192.168.1.2", "change", "HERD_ADMIN_ONLY"],
    ["192.168.1.2", "agent", "lan"],
    ["8.8.8.8", "use", "HERD_ADDRESS_REFUSED"],
    ["8.8.8.8", "change", "HERD_ADDRESS_REFUSED"],
    ["8.8.8.8", "agent", "HERD_ADDRESS_REFUSED"],
  ] as const)("from %s on a route to %s: %s", (address, routeClass, outcome) => {
    expect(outcomeOf(policyWith(), callerAt(address), routeClass)).toBe(outcome);
  });

  test("through a proxy on this machine that nobody trusts is nothing", () => {
    const policy = policyWith();
    for (const address of ["127.0.0.1", "::1"]) {
      expect(outcomeOf(policy, callerAt(address, { isForwarded: true }))).toBe("HERD_ADDRESS_REFUSED");
    }
    expect(outcomeOf(policy, callerAt("127.0.0.1", { isForwarded: true, forwardedFor: "127.0.0.1" }))).toBe(
      "HERD_ADDRESS_REFUSED",
    );
  });

  test("cannot be won by claiming an address: an unknown proxy's word counts for nothing", () => {
    const claim = callerAt("8.8.8.8", { isForwarded: true, forwardedFor: "127.0.0.1" });
    expect(outcomeOf(policyWith(), claim, "change")).toBe("HERD_ADDRESS_REFUSED");
    const lan = policyWith().judge(callerAt("192.168.1.2", { isForwarded: true, forwardedFor: "127.0.0.1" }), "use");
    expect(lan).toMatchObject({ kind: "allowed", address: "192.168.1.2", standing: "lan" });
  });

  test.each([
    ["192.168.1.7", "lan"],
    ["8.8.8.8", "HERD_ADDRESS_REFUSED"],
    ["192.168.1.7, 8.8.8.8", "HERD_ADDRESS_REFUSED"],
    ["8.8.8.8, 192.168.1.7", "lan"],
    ["127.0.0.1, 8.8.8.8", "HERD_ADDRESS_REFUSED"],
    ["192.168.1.7, 10.9.9.9", "lan"],
    ["::ffff:192.168.1.7", "lan"],
    ["fe80::7%eth0", "lan"],
    ["127.0.0.1", "loopback"],
    ["unknown", "HERD_ADDRESS_REFUSED"],
    ["", "HERD_ADDRESS_REFUSED"],
    [undefined, "HERD_ADDRESS_REFUSED"],
  ])("behind a trusted proxy that says %s: %s", (forwardedFor, outcome) => {
    const policy = policyWith({ trustedProxies: ["127.0.0.1", "10.9.9.0/24"] });
    expect(outcomeOf(policy, callerAt("127.0.0.1", { isForwarded: true, forwardedFor }), "use")).toBe(outcome);
  });

  test("directly from the machine of a trusted proxy is what its own address may do", () => {
    const policy = policyWith({ trustedProxies: ["127.0.0.1"] });
    expect(outcomeOf(policy, callerAt("127.0.0.1"), "change")).toBe("loopback");
  });
});

describe("a host name", () => {
  test.each([
    "localhost",
    "LOCALHOST:11435",
    "localhost.",
    "localhost.:11435",
    "127.0.0.1",
    "127.0.0.1:11435",
    "203.0.113.9",
    "203.0.113.9:80",
    "[::1]",
    "[::1]:11435",
    "[2001:db8::1]:11435",
    "::1",
    "router",
    "router:11435",
    "mac-mini.local",
    "Mac-Mini.LOCAL:11435",
    "mac-mini.local.",
    "a.b.internal",
    "nas.lan",
    "nas.home.arpa",
    "app.localhost",
    "",
    "herd.example.com",
    "HERD.Example.com:443",
    "herd.example.com.",
    "own.example.org",
  ])("%s is allowed", (host) => {
    const policy = policyWith({ allowedHosts: ["Herd.Example.com"], ownNames: ["own.example.org"] });
    expect(outcomeOf(policy, callerAt("127.0.0.1", { host }))).toBe("loopback");
  });

  test.each([
    "evil.example.com",
    "evil.example.com:11435",
    "evil.example.com.",
    "local.example.com",
    "evil.com:80:localhost",
    "127.0.0.1.evil.com",
    "127.0.0.1.nip.io",
    "localhost.evil.com",
    "mylocal.net",
    "xlan.com",
    "sub.herd.example.com",
    "x.home.arpa.evil.com",
  ])("%s is refused, from loopback, too", (host) => {
    const policy = policyWith({ allowedHosts: ["herd.example.com"] });
    expect(outcomeOf(policy, callerAt("127.0.0.1", { host }), "use")).toBe("HERD_HOST_REFUSED");
  });

  test("may be missing, as HTTP/1.0 allows", () => {
    expect(outcomeOf(policyWith(), callerAt("127.0.0.1", { host: undefined }))).toBe("loopback");
  });

  test("never brings the check down", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.domain(), fc.webAuthority()), (host) => {
        expect(typeof policyWith().isAllowedHost(host)).toBe("boolean");
      }),
    );
  });
});

describe("a browser on somebody's machine", () => {
  const policy = new AccessPolicy({
    lanNetworks: [],
    trustedProxies: [],
    allowedHosts: [],
    ownNames: [],
    ownNetworks: [],
    isListedOrigin: (origin) => origin === "https://chat.example.com",
  });
  const page = (origin: string | undefined) => ({
    address: "127.0.0.1",
    forwardedFor: undefined,
    isForwarded: false,
    host: "localhost:11435",
    origin,
  });

  test.each(["change", "agent"] as const)(
    "may not call a route of class %s for a page from elsewhere",
    (routeClass) => {
      for (const origin of ["https://evil.example.com", "null", "http://localhost:3000"]) {
        expect(policy.judge(page(origin), routeClass)).toMatchObject({ kind: "refused", code: "HERD_ORIGIN_REFUSED" });
      }
      for (const origin of ["http://localhost:11435", "https://localhost:11435", "https://chat.example.com", ""]) {
        expect(policy.judge(page(origin), routeClass).kind).toBe("allowed");
      }
      expect(policy.judge(page(undefined), routeClass).kind).toBe("allowed");
    },
  );
});
