#!/usr/bin/env node
import { parseArgs } from "node:util";
import { demoMachines } from "./demo-machines.ts";
import { startDemoNode } from "./start-demo-node.ts";

/*
 * The demo fleet as a program: three machines that do not exist. Its parent is the router, which ends it by closing the
 * channel between them; so it ends, too, when the router is killed. Signals are the router's business: a terminal sends
 * them to everybody at once, while running answers may still finish.
 */
const { values } = parseArgs({
  options: { "router-url": { type: "string" }, "time-scale": { type: "string", default: "1" } },
});
const order = { routerUrl: values["router-url"] ?? "http://127.0.0.1:11435", timeScale: Number(values["time-scale"]) };

process.once("disconnect", () => process.exit(0));
// The router may have gone before anybody listened.
if (process.connected === false) process.exit(0);
if (process.connected) for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);

await Promise.all(demoMachines.map((machine) => startDemoNode(machine, order)));
