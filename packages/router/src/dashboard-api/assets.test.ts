import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dashboardAssets } from "./assets.ts";

const SCRIPT = "assets/index-Bz1xYq0k.js";

let folder: string;
let directory: string;
let server: FastifyInstance;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "herd-assets-"));
  directory = join(folder, "dist");
  await writeFile(join(folder, "secret.txt"), "treasure");
  server = fastify();
  await server.register(dashboardAssets({ directory }));
  port = Number(new URL(await server.listen({ port: 0, host: "127.0.0.1" })).port);
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Sends the path as it stands: `fetch` would clean it first. */
function get(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path, headers, method, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    call.on("error", reject).end();
  });
}

async function build(page: string): Promise<void> {
  await mkdir(join(directory, "assets"), { recursive: true });
  await writeFile(join(directory, "index.html"), page);
  await writeFile(join(directory, "favicon.svg"), "<svg/>");
  await writeFile(join(directory, SCRIPT), "script();");
  await writeFile(join(directory, "assets", "picture.png"), "png");
}

describe("a built dashboard", () => {
  beforeEach(() => build("<p>first</p>"));

  test.each(["/dashboard", "/dashboard/", "/dashboard?x=1"])(
    "has its page at %s, asked for anew each time",
    async (path) => {
      const reply = await get(path);
      expect(reply.status).toBe(200);
      expect(reply.body.toString()).toBe("<p>first</p>");
      expect(reply.headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" });
    },
  );

  test("lets browsers keep hashed files for ever, and no others", async () => {
    expect((await get(`/dashboard/${SCRIPT}`)).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect((await get("/dashboard/assets/picture.png")).headers["cache-control"]).toBe("no-cache");
  });

  test.each([
    [`/dashboard/${SCRIPT}`, "text/javascript; charset=utf-8"],
    ["/favicon.svg", "image/svg+xml"],
    ["/dashboard/favicon.svg", "image/svg+xml"],
    ["/dashboard/assets/picture.png", "image/png"],
  ])("serves %s as %s", async (path, type) => {
    const reply = await get(path);
    expect(reply.status).toBe(200);
    expect(reply.headers["content-type"]).toBe(type);
  });

  test.each(["/dashboard", `/dashboard/${SCRIPT}`, "/favicon.svg"])("guards %s", async (path) => {
    const { headers } = await get(path);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
  });

  test("answers 304 without a body to a client that holds the same bytes, and 200 after a change", async () => {
    const { headers } = await get("/dashboard");
    const etag = String(headers["etag"]);
    const held = await get("/dashboard", { "if-none-match": `"other", W/${etag}` });
    expect([held.status, held.body.length, held.headers["etag"]]).toEqual([304, 0, etag]);
    await writeFile(join(directory, "index.html"), "<p>second page</p>");
    const fresh = await get("/dashboard", { "if-none-match": etag });
    expect([fresh.status, fresh.body.toString()]).toEqual([200, "<p>second page</p>"]);
  });

  test("is compressed for those who ask for it, under a tag of its own", async () => {
    const plain = await get(`/dashboard/${SCRIPT}`);
    const zipped = await get(`/dashboard/${SCRIPT}`, { "accept-encoding": "br, GZIP;q=0.5" });
    expect(zipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    expect(zipped.headers["etag"]).not.toBe(plain.headers["etag"]);
    expect(plain.headers["vary"]).toBe("accept-encoding");
  });

  test.each(["gzip;q=0", "br", "*;q=0", "identity"])("is not compressed for %s", async (coding) => {
    const reply = await get(`/dashboard/${SCRIPT}`, { "accept-encoding": coding });
    expect(reply.headers["content-encoding"]).toBeUndefined();
    expect(reply.body.toString()).toBe("script();");
  });

  test("answers HEAD like GET, without a body", async () => {
    const reply = await get("/dashboard", {}, "HEAD");
    expect([reply.status, reply.body.length, reply.headers["content-length"]]).toEqual([200, 0, "12"]);
  });

  test.each([
    "/dashboard/assets/../../secret.txt",
    "/dashboard/assets/..%2f..%2fsecret.txt",
    "/dashboard/assets/%2e%2e/index.html",
    "/dashboard/assets/%2e%2e%5c%2e%2e%5csecret.txt",
    "/dashboard/assets/..%252f..%252fsecret.txt",
    "/dashboard/assets/index-Bz1xYq0k.js%00.svg",
    "/dashboard/assets//etc/passwd",
    "/dashboard/assets/link.txt",
    "/dashboard/assets/constructor",
    "/dashboard/assets/",
    "/dashboard/../secret.txt",
    "/dashboard/api/none",
  ])("lets %s lead nowhere but into the build", async (path) => {
    await symlink(join(folder, "secret.txt"), join(directory, "assets", "link.txt"));
    const reply = await get(path);
    expect([400, 404]).toContain(reply.status);
    expect(reply.body.toString()).not.toContain("treasure");
  });

  test("stays whole while the next one is being written", async () => {
    await get("/dashboard");
    await rm(directory, { recursive: true });
    expect((await get("/dashboard")).body.toString()).toBe("<p>first</p>");
    expect((await get(`/dashboard/${SCRIPT}`)).status).toBe(200);
  });

  test("serves its files even when none has asked for the page before", async () => {
    expect((await get(`/dashboard/${SCRIPT}`)).body.toString()).toBe("script();");
  });
});

describe("a dashboard that is not built", () => {
  test("has a page that says how to build it, guarded like the rest and kept by nobody", async () => {
    const reply = await get("/dashboard/");
    expect(reply.status).toBe(503);
    expect(reply.body.toString()).toContain("npm run build");
    expect(reply.headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
    expect(reply.headers["content-security-policy"]).toContain("default-src 'self'");
  });

  test("has no icon and no files", async () => {
    for (const path of ["/favicon.svg", `/dashboard/${SCRIPT}`]) {
      const reply = await get(path);
      expect([reply.status, reply.body.toString()]).toEqual([404, "404 page not found"]);
      expect(reply.headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    }
  });

  test("is there once it is built, without a restart", async () => {
    await get("/dashboard");
    await build("<p>first</p>");
    expect((await get("/dashboard")).status).toBe(200);
  });

  test("does not count as built without a page", async () => {
    await mkdir(join(directory, "assets"), { recursive: true });
    await writeFile(join(directory, SCRIPT), "script();");
    expect((await get("/dashboard")).status).toBe(503);
  });
});
