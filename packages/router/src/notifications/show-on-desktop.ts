import { spawn } from "node:child_process";
import { desktopCommandOf } from "./desktop-command.ts";
import type { Notice } from "./notice.ts";

const TIMEOUT_MS = 10_000;

/** Shows a notice on the desktop of the router's machine. @throws Error with the reason when nothing could show it */
export async function showOnDesktop(notice: Notice, platform: string): Promise<void> {
  const command = desktopCommandOf(notice, platform);
  if (command === undefined) throw new Error(`no program is known that shows notices on ${platform}`);
  const { program, args } = command;
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, { stdio: "ignore", timeout: TIMEOUT_MS, windowsHide: true });
    child.once("error", (cause) => reject(new Error(`${program} cannot be started: ${cause.message}`, { cause })));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${code ?? signal}`));
    });
  });
}
