import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitForPort } from "../processes/ports.ts";
import { withSbin } from "../processes/programs.ts";
import { type Child, startChild } from "../processes/start-child.ts";

/** How nginx is started. */
export interface NginxOrder {
  /** Takes its files. */
  readonly folder: string;
  /** A port on which it will listen. */
  readonly port: number;
  readonly workers: string;
  /** Lines of the block `http`. */
  readonly http: readonly string[];
}

/** Starts nginx in the foreground and waits until it listens. */
export async function startNginx({ folder, port, workers, http }: NginxOrder): Promise<Child> {
  mkdirSync(folder, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const lines = [
    `worker_processes ${workers}; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;`,
    "events { worker_connections 4096; }",
    "http {",
    "access_log off; keepalive_requests 1000000000; client_max_body_size 0;",
    ...temporary,
    ...http,
    "}",
  ];
  const file = join(folder, "nginx.conf");
  writeFileSync(file, lines.join("\n"));
  const path = withSbin()["PATH"] ?? "";
  const child = startChild({
    command: "nginx",
    args: ["-c", file, "-e", join(folder, "error.log")],
    environment: { PATH: path },
    logFile: join(folder, "output.log"),
  });
  await waitForPort(port, child.end);
  return child;
}

/** nginx as a proxy before these backends, as a person would set it up for streams: nothing is held back. */
export function proxyLines(port: number, backends: readonly number[]): readonly string[] {
  const servers = backends.map((backend) => `server 127.0.0.1:${backend};`).join(" ");
  return [
    `upstream backends { ${servers} keepalive 64; keepalive_requests 1000000000; }`,
    `server { listen 127.0.0.1:${port}; location / {`,
    "proxy_pass http://backends; proxy_http_version 1.1; proxy_set_header Connection '';",
    "proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 600s; } }",
  ];
}

/** nginx as a backend that answers every call at once with the same JSON. */
export function answerLines(ports: readonly number[], answer: string): readonly string[] {
  const listen = ports.map((port) => `listen 127.0.0.1:${port};`).join(" ");
  return [`server { ${listen} location / { default_type application/json; return 200 '${answer}'; } }`];
}
