import {
  type LocalServersDependencies,
  openLocalServers,
  type ServerSight,
} from "../backends/openai-compatible/local-servers.ts";

/** Reads each further server of this machine once. Never rejects. */
export async function readServersOnce(
  dependencies: Omit<LocalServersDependencies, "onChange" | "log">,
): Promise<readonly ServerSight[]> {
  const servers = openLocalServers({ ...dependencies, onChange: () => undefined });
  await servers.firstPoll;
  const sights = servers.current();
  await servers.close();
  return sights;
}
