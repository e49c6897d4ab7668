import { copyFileSync, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ask } from "../load/ask.ts";
import { chatBody } from "../load/chat.ts";
import { type Child, startChild } from "../processes/start-child.ts";

/** This checkout. */
export const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** Runs `npm start` in a checkout, as a user does whose home folder holds nothing but npm's settings. */
export function startNpm(order: {
  readonly folder: string;
  readonly home: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}): Child {
  const { folder, home, port, environment } = order;
  const npmSettings = join(homedir(), ".npmrc");
  if (existsSync(npmSettings)) copyFileSync(npmSettings, join(home, ".npmrc"));
  return startChild({
    command: "npm",
    args: ["start", "--", "--host", "127.0.0.1", "--port", String(port)],
    environment: { ...registryOf(process.env), ...environment, HOME: home },
    folder,
    logFile: join(home, "npm-start.log"),
    isGroup: true,
  });
}

/** Where packages come from on this machine: a mirror or proxy that is set stays set. */
function registryOf(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const names = Object.keys(environment).filter((name) =>
    /^(npm_config_|https?_proxy$|no_proxy$|NODE_EXTRA_CA)/i.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? ""]));
}

const LONGEST_MS = 180_000;
const ASK_EVERY_MS = 5;

/** Resolves with the first whole answer to a chat. Rejects when the program has ended, or after three minutes. */
export async function untilServed(port: number, ended: () => string | undefined): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!(await isServed(port))) {
    const reason = performance.now() > deadline ? "no request was served in three minutes" : ended();
    if (reason !== undefined) throw new Error(reason);
    await pause(ASK_EVERY_MS);
  }
}

async function isServed(port: number): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const { status } = await ask({ port, path: "/api/chat", body: chatBody({ stream: false }), headers });
  return status === 200;
}
