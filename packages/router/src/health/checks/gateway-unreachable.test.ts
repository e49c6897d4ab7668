import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { gatewayUnreachable } from "./gateway-unreachable.ts";

const place = "192.168.1.20:11433";
const backend = (kind: "gateway" | "direct" | "loopback") => ({
  id: "ollama",
  kind: "ollama" as const,
  route: { kind, origin: `http://${place}`, prefix: "" },
  reachability: "reachable" as const,
  version: "",
  reportedParallelism: undefined,
  models: new Map(),
});
const at = (kind: "gateway" | "direct" | "loopback", failure: string | undefined, platform = "linux") => ({
  nodes: [
    {
      snapshot: { backends: [backend(kind)] },
      heartbeat: { system: { platform, release: "" } },
      facts: { ports: [{ place, failure }] },
    },
  ],
});

describe("the check gateway_unreachable", () => {
  it("finds a port behind a firewall, with the line that opens it there", () => {
    expect(foundBy(gatewayUnreachable, at("gateway", "ETIMEDOUT"))).toMatchObject([
      { severity: "critical", subject: place, command: "sudo ufw allow 11433/tcp", details: { reason: "ETIMEDOUT" } },
    ]);
    expect(foundBy(gatewayUnreachable, at("gateway", "EHOSTUNREACH", "win32"))).toMatchObject([
      { command: expect.stringContaining("localport=11433") },
    ]);
  });

  it("finds a port that nobody listens on: an agent that is gone, or an Ollama that listens to itself alone", () => {
    expect(foundBy(gatewayUnreachable, at("gateway", "ECONNREFUSED"))).toMatchObject([
      { command: "herd-node --router-url http://ROUTER:11435 --node-id node-1" },
    ]);
    expect(foundBy(gatewayUnreachable, at("direct", "ECONNREFUSED"))).toMatchObject([
      { command: "OLLAMA_HOST=0.0.0.0 ollama serve" },
    ]);
  });

  it("finds what calls to a gateway showed", () => {
    const findings = [{ id: "gateway_unauthorised", text: "its gateway does not accept it", fix: "Restart herd-node" }];
    expect(foundBy(gatewayUnreachable, { nodes: [{ snapshot: { findings } }] })).toMatchObject([
      { severity: "critical", subject: "gateway_unauthorised", fix: "Restart herd-node" },
    ]);
  });

  it("stays silent for open ports, for the router's own machine, for routes of before, and for machines that are off", () => {
    expect(foundBy(gatewayUnreachable, at("gateway", undefined))).toEqual([]);
    expect(foundBy(gatewayUnreachable, at("loopback", "ECONNREFUSED"))).toEqual([]);
    expect(
      foundBy(gatewayUnreachable, { nodes: [{ facts: { ports: [{ place: "10.0.0.1:1", failure: "ETIMEDOUT" }] } }] }),
    ).toEqual([]);
    const off = at("gateway", "ETIMEDOUT").nodes.map((node) => ({
      ...node,
      snapshot: { ...node.snapshot, status: "offline" as const },
    }));
    expect(foundBy(gatewayUnreachable, { nodes: off })).toEqual([]);
  });
});
