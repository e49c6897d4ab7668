import { spawnSync } from "node:child_process";

/** The programs of the list that this machine lacks. */
export function missingPrograms(names: readonly string[]): readonly string[] {
  return names.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`], { env: withSbin() }).status !== 0);
}

/** The environment with the folders in which servers lie. */
export function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
}

/** What a command prints, both channels together; undefined when it cannot be run. */
export function outputOf(command: string, args: readonly string[], folder?: string): string | undefined {
  const { stdout, stderr, error } = spawnSync(command, [...args], { env: withSbin(), cwd: folder, encoding: "utf8" });
  return error === undefined ? `${stdout}${stderr}`.trim() : undefined;
}
