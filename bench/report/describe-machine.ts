import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { outputOf } from "../processes/programs.ts";
import { checkout } from "../stage/npm-start.ts";
import type { Surroundings } from "./findings.ts";

/** What this machine is, and what runs on it. */
export function describeMachine(): Surroundings {
  const cores = cpus();
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    machine: `${cores.length} cores of ${cores[0]?.model.trim() ?? "an unknown processor"}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${distribution()}, kernel ${release()}`,
    versions: [`Node ${process.versions.node}`, nginxVersion(), wrkVersion()].join(", "),
    commit: commitOf(),
  };
}

function distribution(): string {
  try {
    return /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  } catch {
    // A system without that file.
    return process.platform;
  }
}

const nginxVersion = (): string =>
  /nginx\/[\d.]+/.exec(outputOf("nginx", ["-v"]) ?? "")?.[0]?.replace("/", " ") ?? "no nginx";

const wrkVersion = (): string =>
  /wrk .*?([\d.]+)/.exec(outputOf("wrk", ["-v"]) ?? "")?.[1]?.replace(/^/, "wrk ") ?? "no wrk";

/** The commit, and whether something was changed since. */
function commitOf(): string {
  const commit = outputOf("git", ["rev-parse", "--short", "HEAD"], checkout);
  if (commit === undefined || !/^[0-9a-f]+$/.test(commit)) return "unknown";
  const changes = outputOf("git", ["status", "--porcelain", "--", "packages"], checkout);
  return changes === "" ? commit : `${commit} with changes`;
}
