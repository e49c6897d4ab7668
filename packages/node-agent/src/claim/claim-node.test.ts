import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Claim, claimAddress, claimAddressOf, claimNode } from "./claim-node.ts";

const own = { pid: 4711, routerUrl: "http://router:11435", since: "2026-01-02T03:04:05.000Z" };

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "herd-claim-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function kept(claim: Claim): Claim["kind"] {
  if (claim.kind === "free") onTestFinished(() => claim.release());
  return claim.kind;
}

/** Another process that claims the address until it is killed. */
async function claimElsewhere(address: string) {
  const module = fileURLToPath(new URL("./claim-node.ts", import.meta.url));
  const script = `
    const { claimAddress } = await import(${JSON.stringify(module)});
    const claim = await claimAddress(${JSON.stringify(address)}, { ...${JSON.stringify(own)}, pid: process.pid });
    console.log(claim.kind);
    setInterval(() => undefined, 1000);`;
  const flags = ["--conditions=herd-source", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return {
    pid: child.pid,
    said: said.toString().trim(),
    kill: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("a node id with its data folder", () => {
  test("is claimed once; who comes later is told who has it; released, it is free again", async () => {
    const node = { nodeId: "mini", dataDir: join(tempFolder(), "made", "on", "demand") };
    const first = await claimNode(node, own);
    expect(first.kind).toBe("free");
    expect(await claimNode(node, { ...own, pid: 2 })).toEqual({ kind: "taken", holder: own });
    if (first.kind === "free") first.release();
    await expect.poll(async () => kept(await claimNode(node, own))).toBe("free");
  });

  test("is the same one under every path that leads to the folder, and another one with another id or folder", () => {
    const dataDir = tempFolder();
    const link = join(tempFolder(), "link");
    symlinkSync(dataDir, link);
    for (const platform of ["linux", "win32"] as const) {
      const address = claimAddressOf({ nodeId: "a", dataDir }, platform);
      expect(claimAddressOf({ nodeId: "a", dataDir: link }, platform)).toBe(address);
      expect(claimAddressOf({ nodeId: "b", dataDir }, platform)).not.toBe(address);
      expect(claimAddressOf({ nodeId: "a", dataDir: tempFolder() }, platform)).not.toBe(address);
    }
  });

  test("has a path that fits into a socket's name, however deep the folder lies", async () => {
    const deep = join(tempFolder(), "x".repeat(120));
    await claimNode({ nodeId: "a", dataDir: deep }, own).then(kept);
    expect(claimAddressOf({ nodeId: "a", dataDir: deep }, "darwin").length).toBeLessThanOrEqual(103);
  });
});

describe("a claim by a socket file", () => {
  test("is taken over from a process that was killed, never from one that lives", async () => {
    const address = join(tempFolder(), "a.sock");
    const other = await claimElsewhere(address);
    expect(other.said).toBe("free");
    expect(await claimAddress(address, own)).toEqual({ kind: "taken", holder: { ...own, pid: other.pid } });
    await other.kill();
    expect(kept(await claimAddress(address, own))).toBe("free");
    expect((await claimElsewhere(address)).said).toBe("taken");
  });

  test("holds also when its holder says nothing or nonsense", async () => {
    for (const text of [undefined, "nonsense", '{"pid":"x"}']) {
      const address = join(tempFolder(), "a.sock");
      const mute = createServer((socket) => {
        socket.on("error", () => undefined);
        if (text !== undefined) socket.end(text);
      });
      onTestFinished(() => void mute.close());
      await new Promise<void>((resolve) => mute.listen(address, resolve));
      expect(await claimAddress(address, own)).toEqual({ kind: "taken", holder: {} });
    }
  });
});

test("a name that the system forgets by itself is free as soon as its holder is killed", {
  skip: process.platform !== "linux",
}, async () => {
  const address = claimAddressOf({ nodeId: "a", dataDir: tempFolder() }, "linux");
  const other = await claimElsewhere(address);
  expect((await claimAddress(address, own)).kind).toBe("taken");
  await other.kill();
  expect(kept(await claimAddress(address, own))).toBe("free");
});

test("a folder that cannot be made is told by the file system's error", async () => {
  const file = join(tempFolder(), "file");
  writeFileSync(file, "");
  await expect(claimNode({ nodeId: "a", dataDir: join(file, "below") }, own)).rejects.toThrow(/ENOTDIR|EEXIST/);
});
