const HERD =
  /\bherd(?= (?:up|status|top|models|pull|rm|explain|traces|logs|doctor|recommend|node|settings|bench|completion|help)\b)/g;
const HERD_NODE = /\bherd-node(?= (?:--\w|install|uninstall|probe))/g;

/**
 * A text whose commands can be typed as they stand: in a checkout `herd status` is `npm run herd -- status`.
 * @param herd how `herd` is typed where this process was started
 */
export function asTyped(text: string, herd: string): string {
  if (herd === "herd") return text;
  return text.replace(HERD, herd).replace(HERD_NODE, herd.replace(/\bherd\b/, "herd-node"));
}
