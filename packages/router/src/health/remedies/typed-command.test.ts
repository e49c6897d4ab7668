import { expect, test } from "vitest";
import { type Reach, ROUTER, typedCommand } from "./typed-command.ts";

const usual: Reach = {
  ownUrl: "http://localhost:11435",
  lanUrl: "http://192.168.1.9:11435",
  herd: "herd",
  herdNode: "herd-node",
};
const elsewhere: Reach = {
  ownUrl: "http://localhost:20001",
  lanUrl: "http://192.168.1.9:20001",
  herd: "npm run herd --",
  herdNode: "npm run herd-node --",
};

test("a usual router's commands stay as they are", () => {
  expect(typedCommand("herd pull m --node a", usual)).toBe("herd pull m --node a");
  expect(typedCommand("herd pull m --node a", undefined)).toBe("herd pull m --node a");
});

test("commands name a router that listens elsewhere, as they are typed in a checkout", () => {
  expect(typedCommand("herd pull m --node a", elsewhere)).toBe(
    "npm run herd -- pull m --node a --router-url http://localhost:20001",
  );
  expect(typedCommand("herd pull 'a -- b' --node 'it'\\''s -- c'", elsewhere)).toBe(
    "npm run herd -- pull 'a -- b' --node 'it'\\''s -- c' --router-url http://localhost:20001",
  );
  expect(typedCommand("herd node remove -- '--json'", elsewhere)).toBe(
    "npm run herd -- node remove --router-url http://localhost:20001 -- '--json'",
  );
});

test("commands for other machines name the router as those reach it", () => {
  expect(typedCommand(`herd-node --router-url http://${ROUTER}`, elsewhere)).toBe(
    "npm run herd-node -- --router-url http://192.168.1.9:20001",
  );
  expect(typedCommand(`export OLLAMA_HOST=${ROUTER}`, usual)).toBe("export OLLAMA_HOST=192.168.1.9:11435");
});

test("starting a router and commands of others stay as they are but for the name", () => {
  expect(typedCommand("herd --host 10.0.0.1", elsewhere)).toBe("npm run herd -- --host 10.0.0.1");
  expect(typedCommand("sudo systemctl start ollama", elsewhere)).toBe("sudo systemctl start ollama");
  expect(typedCommand("herding x", elsewhere)).toBe("herding x");
});
