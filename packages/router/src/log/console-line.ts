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

/**
 * Clients and nodes choose some of these texts: what would steer a terminal, end the line, turn the reading direction or
 * not be seen at all is shown as its number.
 */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, (sign) =>
    sign === "\u200d" ? sign : numberOf(sign),
  );
}

function numberOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
