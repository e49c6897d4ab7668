import { connect } from "node:net";
import { expect, it } from "vitest";
import { createCutMarks } from "./cut-marks.ts";
import { createListener } from "./listener.ts";

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });

it("may be closed while it opens, and opened again at once on the same port", async () => {
  const listener = createListener({ host: "127.0.0.1", port: 0, cuts: createCutMarks(), onRequest: () => undefined });
  const port = await listener.open();
  for (let round = 0; round < 20; round += 1) {
    listener.close();
    const opening = listener.open();
    listener.close();
    const again = listener.open();
    expect(await Promise.all([opening, again])).toEqual([port, port]);
    expect(await accepts(port)).toBe(true);
  }
  listener.close();
  expect(await accepts(port)).toBe(false);
});
