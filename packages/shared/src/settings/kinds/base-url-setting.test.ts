import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settingRegistry } from "../setting.ts";
import { baseUrlSetting } from "./base-url-setting.ts";

const ollamaHost = baseUrlSetting({
  meaning: "Ollama.",
  default: "http://localhost:11434",
  defaultPort: 11434,
  example: "http://localhost:11434",
});
const routerUrl = baseUrlSetting({
  meaning: "Router.",
  default: "",
  defaultPort: 11435,
  example: "http://router:11435",
});

function readAs(schema: typeof ollamaHost, text: string): unknown {
  const parsed = schema.safeParse(settingRegistry.get(schema)?.reader.read(text));
  return parsed.success ? parsed.data : "refused";
}

describe("the address of a server as a setting", () => {
  it.each([
    ["gpu-box", "http://gpu-box:11434"],
    ["gpu-box:8080", "http://gpu-box:8080"],
    [":8080", "http://localhost:8080"],
    ["10.0.0.5", "http://10.0.0.5:11434"],
    ["0.0.0.0", "http://127.0.0.1:11434"],
    ["0.0.0.0:8080", "http://127.0.0.1:8080"],
    ["[::]:8080", "http://[::1]:8080"],
    ["::1", "http://[::1]:11434"],
    ["[::1]", "http://[::1]:11434"],
    ["[fd00::5]:8080", "http://[fd00::5]:8080"],
    ["http://gpu-box", "http://gpu-box"],
    ["http://gpu-box:11434/", "http://gpu-box:11434"],
    ["https://gpu-box/ollama/", "https://gpu-box/ollama"],
    ["gpu-box/ollama", "http://gpu-box:11434/ollama"],
    ["HTTP://GPU-box:11434", "http://gpu-box:11434"],
    [" gpu-box ", "http://gpu-box:11434"],
  ])("reads %j as %s", (text, url) => {
    expect(readAs(ollamaHost, text)).toBe(url);
  });

  it.each([
    "",
    "8080",
    "two words",
    "host:port",
    "host:",
    "host:99999",
    "ftp://host",
    "unix:///run/ollama.sock",
    "http://",
    "http://user:secret@host",
    "http://host/?a=1",
    "http://host/#a",
    "fe80::1%eth0",
  ])("refuses %j", (text) => {
    expect(readAs(ollamaHost, text)).toBe("refused");
  });

  it("may be left open only where that is the default", () => {
    expect(readAs(routerUrl, "")).toBe("");
    expect(readAs(routerUrl, "router")).toBe("http://router:11435");
  });

  it("leaves every address that it has accepted as it is", () => {
    const texts = fc.oneof(
      fc.webUrl({ validSchemes: ["http", "https"] }),
      fc.domain(),
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const once = readAs(ollamaHost, text);
        if (once !== "refused") expect(readAs(ollamaHost, String(once))).toBe(once);
      }),
    );
  });
});
