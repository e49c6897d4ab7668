import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";

const LONGEST_MS = 15_000;
const LOOK_EVERY_MS = 2;

/** Free ports of the loopback address, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  for (let at = 0; at < count; at += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
  }
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A free port of the loopback address. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** The TCP port on which a server listens; 0 when it does not. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Resolves once something accepts connections there; rejects after 15 s, or at once when `whyNot` knows a reason. */
export async function waitForPort(port: number, whyNot: () => string | undefined = () => undefined): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!(await accepts(port))) {
    const reason = performance.now() > deadline ? `nothing listens on port ${port}` : whyNot();
    if (reason !== undefined) throw new Error(reason);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
