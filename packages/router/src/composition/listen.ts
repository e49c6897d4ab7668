import type { FastifyInstance } from "fastify";
import { HerdError } from "../domain/errors.ts";
import type { RouterSettings } from "../settings/settings.ts";

/**
 * Listens; when it cannot, everything that was opened is closed again.
 * @throws HerdError HERD_PORT_TAKEN when another program has the port; HERD_BAD_SETTING when the address is not this machine's.
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: Pick<RouterSettings, "host" | "port">,
  giveUp: () => void,
): Promise<{ readonly host: string; readonly port: number }> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    giveUp();
    throw listenError(cause, { host, port });
  }
  const address = server.server.address();
  return { host, port: typeof address === "object" && address !== null ? address.port : port };
}

function listenError(cause: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") return new HerdError("HERD_PORT_TAKEN", String(port), { cause, field: "port" });
  if (code === "EACCES")
    return new HerdError("HERD_BAD_SETTING", `port ${port} needs more rights than this program has`, {
      cause,
      field: "port",
    });
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new HerdError("HERD_BAD_SETTING", `host ${host} is not an address of this machine`, {
      cause,
      field: "host",
    });
  }
  return cause;
}
