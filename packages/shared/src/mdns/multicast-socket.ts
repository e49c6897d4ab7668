import { createSocket, type Socket } from "node:dgram";

/** Where multicast DNS speaks (RFC 6762 section 3). */
export const MDNS_GROUP = "224.0.0.251";
export const MDNS_PORT = 5353;

/** Who sent a datagram. */
export interface Sender {
  readonly address: string;
  readonly port: number;
}

/** How a socket is opened. */
export interface SocketOrder {
  readonly address: string;
  readonly port: number;
  readonly onBytes: (bytes: Uint8Array, sender: Sender) => void;
  /** Called once, with the error, when it cannot be opened or breaks; the socket is closed then. */
  readonly onBroken: (error: Error) => void;
  /** It is open. An error that this throws breaks it. */
  readonly onOpen: (socket: Socket) => void;
}

/** Opens a datagram socket that shares its port with whoever else speaks multicast DNS here, and keeps no process alive. */
export function openSharedSocket({ address, port, onBytes, onBroken, onOpen }: SocketOrder): Socket {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  const breakDown = (error: Error): void => {
    socket.removeAllListeners("message");
    closeQuietly(socket);
    onBroken(error);
  };
  socket.once("error", (error) => {
    socket.on("error", () => undefined);
    breakDown(error);
  });
  socket.on("message", onBytes);
  socket.bind({ address, port }, () => {
    try {
      onOpen(socket);
    } catch (error) {
      breakDown(error instanceof Error ? error : new Error(String(error)));
    }
  });
  socket.unref();
  return socket;
}

/** Closes a socket that may be closed already, or was never opened. */
export function closeQuietly(socket: Socket | undefined): void {
  try {
    socket?.close();
  } catch {
    // It was closed before: nothing is left to do.
  }
}
