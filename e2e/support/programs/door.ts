import { connect, createServer, type Socket } from "node:net";

/**
 * Leads from socket files, which every network namespace of this machine sees, to TCP ports, which only this process's own
 * namespace sees. Each argument is `file=host:port`. Bytes pass as they come; an end on one side ends the other.
 */
const doors = process.argv.slice(2).map((argument) => {
  const [, file = "", host = "", port = ""] = /^(.*)=(.*):(\d+)$/.exec(argument) ?? [];
  return { file, host, port: Number(port) };
});

await Promise.all(doors.map(open));
process.stdout.write("the doors are open\n");

function open({ file, host, port }: (typeof doors)[number]): Promise<void> {
  const server = createServer((client) => {
    const far = connect({ host, port, noDelay: true });
    couple(client, far);
    couple(far, client);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(file, resolve);
  });
}

function couple(from: Socket, to: Socket): void {
  from.pipe(to);
  // A cut arrives as an error before the end: what was received has been passed on, and the other side is cut, too.
  from.on("error", () => undefined);
  from.on("close", () => to.destroySoon());
}
