import { networkInterfaces } from "node:os";
import type { RouterSettings } from "../../settings/settings.ts";
import { herdVersion } from "../../version.ts";

/** What a person reads when the router is up: where it is, what is open to whom, what to try. */
export function startLines(
  settings: RouterSettings,
  address: { readonly host: string; readonly port: number },
): string {
  const { host, port } = address;
  const isOpen = host === "0.0.0.0" || host === "::";
  const local = `http://localhost:${port}`;
  const others = isOpen ? lanAddresses().map((lan) => `http://${lan}:${port}`) : [];
  const lines = [
    `herd ${herdVersion}`,
    `  API         ${[local, ...others].join("  ")}   (Ollama at /, OpenAI at /v1)`,
    `  Dashboard   ${local}/dashboard/`,
    `  Open to     this machine: everything${isOpen ? " · private network: requests, lists, status" : ""} · anybody else: nothing`,
    `  Records     ${settings.dataDir}`,
    `  Try         curl -s ${local}/api/tags`,
  ];
  if (isOpen && others.length > 0) lines.push(`  Another machine joins with   herd-node --router-url ${others[0]}`);
  return `${lines.join("\n")}\n`;
}

function lanAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).filter((entry) => !entry.internal && entry.family === "IPv4").map((entry) => entry.address),
  );
}
