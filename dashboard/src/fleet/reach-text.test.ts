import { describe, expect, test } from "vitest";
import { sampleNode } from "../testing/sample-views.ts";
import { agentText, backendText, reachText, stateText } from "./reach-text.ts";

const [backend] = sampleNode().backends;
if (backend === undefined) throw new Error("the sample has no backend");

describe("how a node is reached", () => {
  test("is said with the address, without scheme and path", () => {
    const url = "http://192.168.1.20:11433/ollama";
    expect(reachText({ reached_by: "gateway", ollama_url: url })).toBe("gateway, 192.168.1.20:11433");
    expect(reachText({ reached_by: "direct", ollama_url: url })).toBe("directly, 192.168.1.20:11433");
    expect(reachText({ reached_by: "loopback", ollama_url: "http://[::1]:11434" })).toBe("loopback, [::1]:11434");
  });

  test("shows an address that is no URL as it came", () => {
    expect(reachText({ reached_by: "direct", ollama_url: "?" })).toBe("directly, ?");
  });
});

describe("the state of a backend", () => {
  test("is its version and whether it answers", () => {
    expect(stateText(backend, false)).toBe("0.24.0, reachable");
    expect(stateText({ ...backend, version: "", state: "unknown" }, false)).toBe("version unknown, not yet asked");
  });

  test("is not claimed for an offline node", () => {
    expect(stateText(backend, true)).toBe("0.24.0");
  });

  test("says when the breaker keeps requests away", () => {
    expect(backendText({ ...backend, state: "unreachable", breaker: "open" })).toBe(
      "Ollama unreachable, resting after failures",
    );
    expect(stateText({ ...backend, breaker: "half-open" }, false)).toBe("0.24.0, reachable, being tried again");
  });
});

test("an agent of the predecessor is told apart, and a version never stands empty", () => {
  expect(agentText({ agent_version: "0.1.0", is_legacy: false })).toBe("0.1.0");
  expect(agentText({ agent_version: "", is_legacy: true })).toBe("version unknown (predecessor, unauthenticated)");
});
