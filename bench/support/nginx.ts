import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withSbin } from "./programs.ts";
import { waitForPort } from "./wait-for-port.ts";

/** A running nginx. */
export interface Nginx {
  readonly port: number;
  stop(): void;
}

/** Starts nginx in the foreground with these server lines, all its files below `folder`. */
export async function startNginx(order: {
  readonly folder: string;
  readonly port: number;
  readonly workers: string;
  readonly http: string;
}): Promise<Nginx> {
  const { folder, port, workers, http } = order;
  mkdirSync(folder, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const lines = [
    `worker_processes ${workers}; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;`,
    "events { worker_connections 4096; }",
    `http { access_log off; keepalive_requests 1000000000; ${temporary.join(" ")} ${http} }`,
  ];
  const file = join(folder, "nginx.conf");
  writeFileSync(file, lines.join("\n"));
  const child: ChildProcess = spawn("nginx", ["-c", file, "-e", join(folder, "error.log")], {
    stdio: "inherit",
    env: withSbin(),
  });
  await waitForPort(port);
  return { port, stop: () => child.kill("SIGTERM") };
}
