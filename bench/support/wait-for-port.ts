import { connect } from "node:net";

const LONGEST_MS = 15_000;
const LOOK_EVERY_MS = 2;

/** Resolves once something accepts connections there; rejects after 15 s. */
export async function waitForPort(port: number): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!(await accepts(port))) {
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`);
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
