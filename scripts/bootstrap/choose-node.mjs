import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { bringPackage, programOf } from "./bring-package.mjs";
import { inToolFolder, toolFolder } from "./places.mjs";
import { nodePackages, thisPlatform } from "./platforms.mjs";
import { showProgress } from "./progress.mjs";
import { SetupError } from "./setup-error.mjs";

const nodeName = process.platform === "win32" ? "node.exe" : "node";
const memory = inToolFolder("chosen-node.json");

/**
 * Whether the dependencies run on a Node: undici 8 wants 22.19, vitest 5 leaves out the odd releases 23 and 25.
 * @param {string} version such as `22.19.0`
 */
export function fitsTheDependencies(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 22) return minor >= 19;
  return major === 24 || major >= 26;
}

/**
 * A fitting Node found without starting a process: the one running, or the one remembered from the last time.
 * @returns {string | undefined} its path
 */
export function nodeAtHand() {
  return fitsTheDependencies(process.versions.node) ? process.execPath : rememberedNode();
}

/**
 * A fitting Node: the running one, else one on PATH, else one brought from the npm registry.
 * @returns {Promise<string>} its path
 * @throws {SetupError}
 */
export async function chooseNode() {
  const known = nodeAtHand();
  if (known !== undefined) return known;
  const chosen = nodeOnPath(process.env["PATH"] ?? "") ?? (await broughtNode());
  remember(chosen);
  return chosen;
}

/**
 * The first fitting Node in the folders of a PATH.
 * @param {string} path
 */
export function nodeOnPath(path) {
  const programs = path.split(delimiter).map((folder) => join(folder, nodeName));
  return programs.filter(isFile).find((program) => fitsTheDependencies(versionOf(program)));
}

/** @param {string} program */
function isFile(program) {
  return statSync(program, { throwIfNoEntry: false })?.isFile() === true && realpathSync(program) !== process.execPath;
}

/**
 * @param {string} program
 * @returns {string} its version; empty when it is no working Node
 */
function versionOf(program) {
  try {
    const said = execFileSync(program, ["--version"], {
      encoding: "utf8",
      timeout: 10_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return said.trim().replace(/^v/, "");
  } catch {
    return "";
  }
}

/** @returns {Promise<string>} */
async function broughtNode() {
  const platform = thisPlatform();
  const wanted = nodePackages[platform];
  if (wanted === undefined) {
    throw new SetupError(
      `No Node is published on npm for ${platform}, and the one here (${process.versions.node}) is too old: ` +
        "install Node 24 (22.19 or newer in its line, or 26, will do as well) and start again.",
    );
  }
  const program = programOf(wanted);
  if (isFile(program)) return program;
  const title = `Bringing Node ${wanted.version} for ${platform} (this machine has ${process.versions.node})`;
  return showProgress(title, () => bringPackage(wanted));
}

/** @returns {string | undefined} the remembered Node, as long as the file is the very one that was tried */
function rememberedNode() {
  try {
    const { program, stamp } = JSON.parse(readFileSync(memory, "utf8"));
    return stampOf(program) === stamp ? program : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} program */
function remember(program) {
  mkdirSync(toolFolder, { recursive: true });
  writeFileSync(memory, JSON.stringify({ program, stamp: stampOf(program) }));
}

/** @param {string} program */
function stampOf(program) {
  const { mtimeMs, size, ino } = statSync(program);
  return `${mtimeMs}-${size}-${ino}`;
}

/**
 * The environment in which a chosen Node is the one that every tool finds.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentWith(node) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { ...process.env, [name]: `${dirname(node)}${delimiter}${process.env[name] ?? ""}` };
}
