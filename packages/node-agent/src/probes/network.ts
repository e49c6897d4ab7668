import { createSocket } from "node:dgram";
import type { Probe } from "./probe.ts";

/** An address for documentation, outside of every real network: only the default route leads there. */
const BEYOND_THE_DEFAULT_ROUTE = "192.0.2.1";
const ANY_PORT = 9;

/**
 * The IPv4 address that this machine has towards its default route. A datagram socket is pointed outwards, which makes the
 * operating system choose its own address; nothing is sent. No reading without a default route.
 */
export function createLanAddressProbe(target: string = BEYOND_THE_DEFAULT_ROUTE): Probe<string> {
  return () =>
    new Promise((resolve) => {
      const socket = createSocket("udp4");
      const finish = (address: string | undefined): void => {
        socket.close();
        resolve(address);
      };
      socket.once("error", () => finish(undefined));
      socket.connect(ANY_PORT, target, () => finish(socket.address().address));
    });
}
