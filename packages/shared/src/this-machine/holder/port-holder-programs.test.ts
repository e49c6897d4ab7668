import { describe, expect, test } from "vitest";
import { findOnMac, findOnWindows } from "./port-holder-programs.ts";
import type { RunProgram } from "./run-program.ts";

/** A system whose programs print this, by their name. */
const system =
  (prints: Readonly<Record<string, string>>): RunProgram =>
  (file) =>
    Promise.resolve(prints[file]);

describe("on macOS", () => {
  test("lsof names the process, ps its command line and age", async () => {
    const run = system({
      lsof: "p501\ncollama\nf3\n",
      ps: "  1-02:03:04 /Applications/Ollama.app/Contents/Resources/ollama serve\n",
    });
    expect(await findOnMac(11_434, run)).toEqual({
      pid: 501,
      program: "ollama",
      command: "/Applications/Ollama.app/Contents/Resources/ollama serve",
      runningS: 93_784,
    });
  });

  test("a young process has an age, and one that ended meanwhile has none", async () => {
    expect(await findOnMac(1, system({ lsof: "p7\ncnode\n", ps: "02:09 node x" }))).toMatchObject({ runningS: 129 });
    expect(await findOnMac(1, system({ lsof: "p7\ncnode\n" }))).toMatchObject({ pid: 7, program: "node" });
  });

  test("nobody is named where lsof finds nobody", async () => {
    expect(await findOnMac(1, system({}))).toBeUndefined();
    expect(await findOnMac(1, system({ lsof: "" }))).toBeUndefined();
  });
});

describe("on Windows", () => {
  const netstat = [
    "",
    "Aktive Verbindungen",
    "  Proto  Lokale Adresse         Remoteadresse          Status           PID",
    "  TCP    127.0.0.1:11435        127.0.0.1:50112        HERGESTELLT      99",
    "  TCP    0.0.0.0:114350         0.0.0.0:0              ABHÖREN          98",
    "  TCP    [::]:11435             [::]:0                 ABHÖREN          4312",
  ].join("\r\n");

  test("the listening socket is found in any language, and named by tasklist", async () => {
    const run = system({ netstat, tasklist: '"ollama app.exe","4312","Console","1","90,000 K"\r\n' });
    expect(await findOnWindows(11_435, run)).toEqual({ pid: 4312, program: "ollama app.exe" });
  });

  test("a connection on that port is no listener", async () => {
    expect(await findOnWindows(50_112, system({ netstat }))).toBeUndefined();
    expect(await findOnWindows(1, system({}))).toBeUndefined();
  });
});
