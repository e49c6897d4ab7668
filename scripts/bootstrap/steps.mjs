import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bringPackage, programOf } from "./bring-package.mjs";
import { environmentWith } from "./choose-node.mjs";
import { copyAssets } from "./copy-assets.mjs";
import { inCheckout, inToolFolder, routerProgram } from "./places.mjs";
import { pnpmPackages, thisPlatform } from "./platforms.mjs";
import { runTool } from "./processes/run-tool.mjs";
import { showProgress } from "./progress.mjs";
import { SetupError } from "./setup-error.mjs";
import { fingerprintOfContent, fingerprintOfTimes, readStamp, writeStamp } from "./stamp.mjs";

/**
 * One part of the set-up: `isDone` is asked at every start and costs a few milliseconds, `run` does it.
 * @typedef {object} Step
 * @property {() => boolean} isDone
 * @property {(node: string) => Promise<void>} run `node` is the path of a fitting Node
 */

/** The folders of the workspace that are shipped, in the order in which they build. */
const productPackages = ["shared", "simulated-ollama", "node-agent", "router"].map((name) =>
  inCheckout("packages", name),
);
const dashboard = inCheckout("dashboard");
const compiler = inCheckout("node_modules", "typescript", "bin", "tsc");
const bundler = inCheckout("scripts", "bundle.mjs");

/** @type {Step} */
export const installStep = stamped({
  stampFile: inToolFolder("installed.stamp"),
  fingerprint: fingerprintOfDependencies,
  results: () => [inCheckout("node_modules", ".modules.yaml"), compiler],
  run: async (node) => {
    const pnpm = await pnpmProgram();
    await showProgress("Installing the dependencies", () => install(node, pnpm));
  },
});

/** @type {Step} */
export const compileStep = stamped({
  stampFile: inToolFolder("compiled.stamp"),
  fingerprint: fingerprintOfSources,
  results: () => [routerProgram, ...productPackages.map((folder) => join(folder, "dist", ".tsbuildinfo"))],
  run: (node) => showProgress("Compiling", () => compile(node, productPackages)),
});

/** @type {Step} */
export const dashboardStep = stamped({
  stampFile: inToolFolder("dashboard.stamp"),
  fingerprint: () => fingerprintOfTimes([...dashboardSources(), inToolFolder("installed.stamp")], isShipped),
  results: () => (hasBuildScript(dashboard) ? [join(dashboard, "dist", "index.html")] : []),
  run: async (node) => {
    if (!hasBuildScript(dashboard)) return;
    const pnpm = await pnpmProgram();
    await showProgress("Building the dashboard", () => buildDashboard(node, pnpm));
  },
});

/**
 * Compiles everything, tests and benchmarks too. The compiler itself knows what is up to date.
 * @param {string} node
 */
export async function compileEverything(node) {
  const fingerprint = fingerprintOfSources();
  await showProgress("Compiling, tests included", () => compile(node, [inCheckout()]));
  writeStamp(inToolFolder("compiled.stamp"), fingerprint);
}

/**
 * @param {{ stampFile: string, fingerprint: () => string, results: () => readonly string[], run: (node: string) => Promise<void> }} parts
 * @returns {Step}
 */
function stamped({ stampFile, fingerprint, results, run }) {
  return {
    isDone: () => results().every((result) => existsSync(result)) && readStamp(stampFile) === fingerprint(),
    run: async (node) => {
      const before = fingerprint();
      await run(node);
      writeStamp(stampFile, before);
    },
  };
}

function fingerprintOfDependencies() {
  const manifests = [
    inCheckout(),
    dashboard,
    inCheckout("e2e"),
    inCheckout("bench"),
    ...packagesOf(inCheckout("packages")),
  ];
  const files = manifests.map((folder) => join(folder, "package.json"));
  return fingerprintOfContent(
    [inCheckout("pnpm-lock.yaml"), inCheckout("pnpm-workspace.yaml"), ...files],
    [process.platform, process.arch, inCheckout()],
  );
}

function fingerprintOfSources() {
  const sources = productPackages.flatMap((folder) => [join(folder, "src"), join(folder, "tsconfig.json")]);
  const tools = [bundler, inCheckout("tsconfig.base.json"), inToolFolder("installed.stamp")];
  return fingerprintOfTimes([...sources, ...tools], isShipped);
}

/** @param {string} name */
const isShipped = (name) => !/\.test\.tsx?$/.test(name);

function dashboardSources() {
  const names = readdirSync(dashboard).filter((name) => name !== "dist" && name !== "node_modules" && name !== "types");
  return [...names.map((name) => join(dashboard, name)), inCheckout("packages", "shared", "src")];
}

/** @param {string} parent */
const packagesOf = (parent) => readdirSync(parent).map((name) => join(parent, name));

/** @param {string} folder */
function hasBuildScript(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return manifest.scripts?.build !== undefined;
}

/** @returns {Promise<string>} path of pnpm, brought when it is not there yet */
async function pnpmProgram() {
  const platform = thisPlatform();
  const wanted = pnpmPackages[platform];
  if (wanted === undefined)
    throw new SetupError(`pnpm is not published for ${platform}, so nothing can be installed here.`);
  const program = programOf(wanted);
  if (existsSync(program)) return program;
  return showProgress(`Bringing pnpm ${wanted.version}`, () => bringPackage(wanted));
}

/**
 * @param {string} node
 * @param {string} pnpm
 */
function install(node, pnpm) {
  return runTool({
    command: pnpm,
    args: ["install", "--frozen-lockfile", "--prefer-offline", "--config.confirmModulesPurge=false"],
    folder: inCheckout(),
    environment: environmentForPnpm(node),
    failure: "The dependencies could not be installed.",
  });
}

/**
 * @param {string} node
 * @param {readonly string[]} projects
 */
async function compile(node, projects) {
  await runTool({
    command: node,
    args: [compiler, "-b", ...projects],
    folder: inCheckout(),
    environment: environmentWith(node),
    failure: "The sources do not compile.",
  });
  for (const folder of productPackages) copyAssets(join(folder, "src"), join(folder, "dist"));
  await runTool({
    command: node,
    args: [bundler],
    folder: inCheckout(),
    environment: environmentWith(node),
    failure: "The compiled router could not be bundled.",
  });
}

/**
 * @param {string} node
 * @param {string} pnpm
 */
function buildDashboard(node, pnpm) {
  return runTool({
    command: pnpm,
    args: ["--dir", dashboard, "run", "build"],
    folder: dashboard,
    environment: environmentForPnpm(node),
    failure: "The dashboard could not be built.",
  });
}

/**
 * A registry or proxy given to npm for this run (`npm start --registry …`, `npm_config_…`) holds for pnpm too.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
function environmentForPnpm(node) {
  const { npm_config_registry: registry, npm_config_https_proxy: proxy } = process.env;
  return {
    ...(registry === undefined ? {} : { pnpm_config_registry: registry }),
    ...(proxy === undefined ? {} : { HTTPS_PROXY: proxy }),
    ...environmentWith(node),
    pnpm_config_verify_deps_before_run: "false",
  };
}
