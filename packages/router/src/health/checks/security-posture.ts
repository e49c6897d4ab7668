import type { Check, Finding } from "../check.ts";
import type { AccessFacts, LooseFile } from "../facts/router-facts.ts";
import { shellWord } from "../words.ts";

/** Doors that stand wider open than they need to. */
export const securityPosture: Check = {
  id: "security_posture",
  title: "Doors that stand wide open",
  meaning:
    "warning when the router listens on a public address, files of the data folder are readable by others, or lan_networks, trusted_proxies or cors_origins let in everybody; info while request bodies are kept",
  appliesTo: ({ router: { access, looseFiles } }) => access !== undefined || looseFiles !== undefined,
  inspect: ({ router: { access, looseFiles = [] } }) => [
    ...(access === undefined ? [] : [...publicAddress(access), ...wideLists(access), ...keptBodies(access)]),
    ...fileModes(looseFiles),
  ],
};

type Told = Pick<Finding, "subject" | "title" | "description" | "why" | "fix" | "command" | "details"> & {
  readonly severity?: Finding["severity"];
};

const told = (finding: Told): Finding => ({ severity: "warning", nodeId: undefined, ...finding });

function publicAddress({ listensOn, publicAddresses }: AccessFacts): readonly Finding[] {
  if (listensOn === "loopback" || publicAddresses.length === 0) return [];
  return [
    told({
      subject: "public-address",
      title: "The router listens on a public address",
      description: `It listens on ${publicAddresses.join(", ")}, without encryption.`,
      why: "Unless something stands before it, anybody can knock. Callers from outside are refused, but a mistake in lan_networks would let them in.",
      fix: "Let it listen on the private address only, or close the port in the firewall",
      command: "herd --host PRIVATE_ADDRESS",
      details: { addresses: publicAddresses },
    }),
  ];
}

/** A network that holds much more than anybody's own machines. */
const isWide = (network: string): boolean => {
  const bits = Number(network.split("/")[1] ?? Number.NaN);
  return network.includes(":") ? bits < 32 : bits < 8;
};

function wideLists({ lanNetworks, trustedProxies, corsOrigins }: AccessFacts): readonly Finding[] {
  const wideLan = lanNetworks.filter(isWide);
  const wideProxies = trustedProxies.filter(isWide);
  const findings: Finding[] = [];
  if (wideLan.length > 0) findings.push(wide("lan_networks", wideLan, "Whoever calls from there may use every model."));
  if (wideProxies.length > 0)
    findings.push(
      wide("trusted_proxies", wideProxies, "Whoever calls from there may pretend to be this machine itself."),
    );
  if (corsOrigins.includes("*"))
    findings.push(wide("cors_origins", ["*"], "Every web page that somebody in the network opens may use the fleet."));
  return findings;
}

const wide = (setting: string, entries: readonly string[], why: string): Finding =>
  told({
    subject: setting,
    title: `${setting} lets in everybody`,
    description: `${setting} holds ${entries.join(", ")}.`,
    why,
    fix: `Name only what is meant in ${setting}`,
    command: `herd settings get ${setting}`,
    details: { setting, entries },
  });

const keptBodies = ({ keepsBodies }: AccessFacts): readonly Finding[] =>
  keepsBodies
    ? [
        told({
          severity: "info",
          subject: "debug_request_bodies",
          title: "Prompts are written to disk",
          description: "debug_request_bodies is on: whole requests and answers are kept in the data folder.",
          why: "Whoever can read that folder reads the prompts.",
          fix: "Switch it off when you are done",
          command: "herd settings set debug_request_bodies false",
          details: { setting: "debug_request_bodies" },
        }),
      ]
    : [];

function fileModes(files: readonly LooseFile[]): readonly Finding[] {
  const [first] = files;
  if (first === undefined) return [];
  const named = files.slice(0, 5).map(({ path, mode }) => `${path} (${mode.toString(8)})`);
  return [
    told({
      subject: "file-modes",
      title: "Others can read the data folder",
      description: `Other users of this machine can read ${named.join(", ")}.`,
      why: "Records and keys of the fleet lie there.",
      fix: "Take the rights of others away",
      command: `chmod -R go= ${files
        .slice(0, 20)
        .map(({ path }) => shellWord(path))
        .join(" ")}`,
      details: { files: files.slice(0, 20).map(({ path, mode }) => ({ path, mode: mode.toString(8) })) },
    }),
  ];
}
