import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { backendBypassClients } from "./backend-bypass-clients.ts";

const clients = (...backend_clients: unknown[]) => ({
  nodes: [{ heartbeat: { ollama: { models_loaded: [], models_available: ["m:latest"], backend_clients } as never } }],
});

describe("the check backend_bypass_clients", () => {
  it("finds programs that the agent saw, however it names them", () => {
    const [found] = foundBy(
      backendBypassClients,
      clients({ process: "open-webui\u001b[2J", ip: "10.0.0.7" }, "10.0.0.8", 7),
    );
    expect(found).toMatchObject({ severity: "info", details: { count: 3 } });
    expect(found?.description).toContain("open-webui [2J, 10.0.0.8, an unknown program");
  });

  it("stays silent when none are seen, or none are told", () => {
    expect(foundBy(backendBypassClients, clients())).toEqual([]);
    expect(foundBy(backendBypassClients)).toEqual([]);
  });
});
