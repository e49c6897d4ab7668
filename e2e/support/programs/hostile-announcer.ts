import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { announcementOf, encodeMessage, nameOf } from "@herd/shared/mdns";

/**
 * Somebody on the network who announces routers that are none, a few hundred times a second, until it is ended: at public addresses, at
 * other machines' loopback, at port 0 and at ports where nobody listens, with texts that are no texts, and bytes that are no messages.
 */
const own = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;
const type = nameOf("_fleet-manager._tcp.local.");
const addresses = ["8.8.8.8", "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251", own ?? "10.0.0.1"];
const lowest = "0".repeat(16);
let count = 0;

const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.bind(5353, () => {
  socket.setMulticastInterface(own ?? "0.0.0.0");
  setInterval(announce, 10);
  process.stdout.write("announcing what is not there\n");
});

function announce(): void {
  for (const address of addresses) {
    count += 1;
    const texts = [`fleet=${lowest}`, "host=\u001b[2J\u0007evil", "=", "x".repeat(255), `n=${count}`];
    const name = `\u001b]0;owned\u0007 ${count % 500}`;
    const port = count % 3 === 0 ? 0 : 9;
    const bytes = encodeMessage(
      announcementOf({ name, type, host: [`evil-${count % 500}`, "local"], port, texts }, address),
    );
    socket.send(bytes, 5353, "224.0.0.251");
    socket.send(bytes.subarray(0, count % bytes.length), 5353, "224.0.0.251");
  }
}
