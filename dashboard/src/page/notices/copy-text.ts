/** Puts text on the clipboard; false where the browser does not allow it. */
export async function copyText(text: string, source: HTMLElement): Promise<boolean> {
  // The clipboard interface exists on https and loopback only, and most routers are reached by plain http on a LAN.
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copySelection(source);
    }
  }
  return copySelection(source);
}

/** Leaves the text selected, so that a refused copy is one key press away. */
function copySelection(source: HTMLElement): boolean {
  window.getSelection()?.selectAllChildren(source);
  return document.execCommand("copy");
}
