/** A log line as a person reads it on the terminal: time of day, level, message, then what it is about. */
export function consoleLine(line: string): string {
  const { ts, level, logger, msg, exception, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const time = new Date(String(ts)).toTimeString().slice(0, 8);
  if (VOICES.has(logger)) return `${time} ${level === "INFO" ? "" : "! "}${harmless(String(msg))}\n`;
  const about = Object.entries(facts).map(
    ([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const cause = exception === undefined ? "" : `\n${String(exception).split("\n").map(harmless).join("\n")}`;
  return `${time} ${String(level).padEnd(7)} ${harmless(String(msg) + about.join(""))}${cause}\n`;
}

/** Parts that tell in their sentence what it is about. */
const VOICES: ReadonlySet<unknown> = new Set(["voice", "mdns"]);

/** Clients and nodes choose some of these texts: what would steer a terminal, or end the line, is shown as its number. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
