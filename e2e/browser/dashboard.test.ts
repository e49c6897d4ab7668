import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FleetStatus, fleetStatus } from "@herd/shared";
import axe from "axe-core";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { manyNodes, sampleNode, sampleStatus, threeNodes } from "./sample-fleet.ts";
import { buildDashboard, chromiumFlags, chromiumPath, type Stage, startStage } from "./stage.ts";

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const SCRIPT_LIMIT_BYTES = 60_000;

interface AxeRun {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

describe.skipIf(chromiumPath === undefined)("the dashboard (needs a Chromium at /usr/bin/chromium)", () => {
  let directory: string;
  let browser: Browser;
  let stage: Stage;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "herd-dashboard-"));
    await buildDashboard(directory);
    browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: [...chromiumFlags] });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    stage = await startStage(directory, { kind: "fleet", status: threeNodes() });
    complaints = [];
  });

  afterEach(async () => {
    await page?.context().close();
    await stage.close();
  });

  async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
    const context = await browser.newContext({ viewport: WIDE, ...options });
    page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
    await page.goto(`${stage.url}/dashboard`);
  }

  const show = (status: FleetStatus): void => {
    stage.answer = { kind: "fleet", status };
  };
  const card = (name: string): Locator => page.getByRole("article", { name, exact: true });
  const text = (content: string | RegExp): Locator => page.getByText(content).first();

  test("the samples keep the contract of the router", () => {
    for (const status of [sampleStatus([]), threeNodes(), manyNodes(40)])
      expect(() => fleetStatus.parse(status)).not.toThrow();
  });

  test("its script stays within the first-load budget and holds no schema library", async () => {
    const names = await readdir(join(directory, "assets"));
    const scripts = await Promise.all(
      names.filter((name) => name.endsWith(".js")).map((name) => readFile(join(directory, "assets", name))),
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.reduce((sum, script) => sum + gzipSync(script).length, 0)).toBeLessThanOrEqual(SCRIPT_LIMIT_BYTES);
    expect(scripts.join("")).not.toMatch(/ZodError|safeParse/);
  });

  test("says what the demo is and how it ends, and marks its machines alone, in both colour schemes", async () => {
    const demo = sampleNode({ node_id: "demo-laptop", simulated: true });
    show(sampleStatus([demo, sampleNode({ node_id: "own" })]));
    for (const colorScheme of ["light", "dark"] as const) {
      await page?.context().close();
      await open({ colorScheme });
      await card("demo-laptop").getByText("Simulated").waitFor();
      expect(await card("own").getByText("Simulated").count()).toBe(0);
      expect(await page.getByRole("region", { name: "This is a demo" }).textContent()).toMatch(/demo-….*herd-node/);
      expect(await violations()).toEqual([]);
    }
    show(sampleStatus([sampleNode({ node_id: "own" })]));
    await page.getByText("This is a demo").waitFor({ state: "detached" });
  });

  test("lists nodes, lanes and totals, from its own origin alone", async () => {
    const foreign: string[] = [];
    await open();
    page.on("request", (call) => call.url().startsWith(stage.url) || foreign.push(call.url()));
    await page.reload();
    await card("tower").waitFor();
    const tower = (await card("tower").textContent()) ?? "";
    expect(tower).toMatch(/Online.*AMD Ryzen 9 7950X.*72.%.*58\.9 of 64.GiB, tight/);
    expect(tower).toMatch(/2 models in memory · 7 on disk.*gpt-oss:20b\s*13\.1.GiB\s*8k context/);
    expect(tower).toContain("Fix: Switch on automatic time on that machine.");
    expect(await card("mac-studio").textContent()).toContain("Reachedloopback, 127.0.0.1:11434");
    const lane = page.getByRole("row", { name: /llama3\.3:70b/ });
    expect(await lane.textContent()).toMatch(/mac-studio\s*4\s*1 of 1\s*limit assumed\s*38\s*2/);
    expect(await page.title()).toBe("3 of 3 online · Herd");
    expect(await page.getByRole("region", { name: "Fleet totals" }).textContent()).toContain("Done13,385");
    expect([foreign, complaints]).toEqual([[], []]);
  });

  test("follows the fleet while it is open, and says what changed", async () => {
    await open();
    await card("mac-mini").getByText("Online").waitFor();
    const after = threeNodes();
    const finding = { id: "slow_disk", text: "its disk is almost full", fix: "Remove models" };
    show({
      ...after,
      nodes: after.nodes.map((node) =>
        node.node_id === "mac-mini" ? { ...node, status: "degraded", findings: [finding] } : node,
      ),
    });
    await card("mac-mini").getByText("Degraded").waitFor();
    await card("mac-mini").getByText("Fix: Remove models.").waitFor();
    await page.getByRole("status").getByText("mac-mini is degraded. mac-mini: its disk is almost full.").waitFor();
    expect(await page.getByRole("article").first().getAttribute("aria-label")).toBe("mac-mini");
  });

  test("says since when it is stale, keeps the last fleet, and is live again by itself", async () => {
    await open();
    await card("tower").waitFor();
    stage.answer = { kind: "cut" };
    await text(/No news from the router since \d/).waitFor();
    await text(/Reason: no connection/).waitFor();
    expect(await card("tower").isVisible()).toBe(true);
    expect(await page.title()).toBe("No news · Herd");
    expect(await violations()).toEqual([]);
    show(sampleStatus([sampleNode({ node_id: "newcomer" })]));
    await card("newcomer").waitFor();
    expect(await text(/No news from the router since/).count()).toBe(0);
  });

  test("repeats the router's words when it is refused, and asks again at the press of a button", async () => {
    stage.answer = { kind: "refuse", sentence: "host refused", hint: "add it to allowed_hosts" };
    await open();
    await text("Reason: HTTP 403: host refused: add it to allowed_hosts.").waitFor();
    expect(await violations()).toEqual([]);
    show(threeNodes());
    await page.getByRole("button", { name: "Try now" }).click();
    await card("tower").waitFor();
  });

  test("says that it asks, as long as there is no answer at all", async () => {
    stage.answer = { kind: "hang" };
    await open();
    await text("Asking the router for the fleet …").waitFor();
    expect(await violations()).toEqual([]);
    await text(/no answer within 5 s/).waitFor();
  });

  test("shows the way to a first node, ready to be copied", async () => {
    show(sampleStatus([]));
    await open({ permissions: ["clipboard-read", "clipboard-write"] });
    const line = `herd-node --router-url ${stage.url.replace("127.0.0.1", "THIS-HOST")}`;
    await page.getByRole("button", { name: `Copy the line ${line}` }).click();
    await text("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(line);
  });

  test("is used by keyboard alone", async () => {
    show(manyNodes(40));
    await open();
    await card("rack-40").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.type")).toBe("search");
    await page.keyboard.type("unreach degraded");
    await text("No node matches").waitFor();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("rack-24");
    await page.getByRole("status").getByText("1 of 40 nodes").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await card("rack-24").getByText("llama3.3:70b").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show fewer lanes", expanded: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  const looks = [sampleStatus([]), threeNodes(), manyNodes(40)].flatMap((status) =>
    [WIDE, PHONE].flatMap((viewport) => (["light", "dark"] as const).map((scheme) => ({ status, viewport, scheme }))),
  );

  test.each(looks)(
    "with $status.fleet.nodes_total nodes, $viewport.width wide, $scheme, fits and passes axe",
    async ({ status, viewport, scheme }) => {
      show(status);
      await open({ viewport, colorScheme: scheme });
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(viewport.width);
      expect(await violations()).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  test("axe, as it is used here, does find what is wrong", async () => {
    await open();
    await card("tower").waitFor();
    await page.evaluate(
      "document.querySelector('h3').style.color = '#999'; document.querySelector('img').removeAttribute('alt')",
    );
    expect((await violations()).map((violation) => violation.split(":")[0])).toEqual(["color-contrast", "image-alt"]);
  });

  /** What axe finds wrong with the page, as `rule: element`. */
  async function violations(): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const run = (await page.evaluate("axe.run()")) as AxeRun;
    return run.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }
});
