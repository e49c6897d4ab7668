import { get } from "node:http";
import { connect } from "node:net";

/** What stands at the place where this machine's Ollama is to be: nobody, an Ollama with models or without, or something else. */
export type OllamaProbe = "nobody" | "models" | "empty" | "other";

/** Longest that an answer is waited for, ms: a program that starts must not wait for a machine that sleeps. */
const ANSWER_MS = 400;

/** Asks once. Never rejects. @param url where Ollama is expected, for example `http://localhost:11434`. */
export async function probeOllama(url: string): Promise<OllamaProbe> {
  if (!(await isHeld(new URL(url)))) return "nobody";
  const answer = await readTags(url);
  if (answer === undefined) return "other";
  return answer === 0 ? "empty" : "models";
}

function isHeld({ hostname, port, protocol }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) });
    const end = (held: boolean): void => {
      socket.destroy();
      resolve(held);
    };
    socket.setTimeout(ANSWER_MS, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** How many models it lists; undefined when it does not answer as an Ollama does. */
function readTags(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const call = get(`${url.replace(/\/$/, "")}/api/tags`, { agent: false, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", () => resolve(undefined));
      response.once("end", () => resolve(countModels(Buffer.concat(parts).toString())));
    });
    call.once("error", () => resolve(undefined));
  });
}

function countModels(text: string): number | undefined {
  try {
    const models: unknown = JSON.parse(text)?.models;
    return Array.isArray(models) ? models.length : undefined;
  } catch {
    // It speaks HTTP, but not as Ollama does.
    return undefined;
  }
}
