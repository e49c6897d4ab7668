import { type Notice, noticeSeverity, noticeText, noticeTitle } from "./notice.ts";

/** A program with its arguments; no shell reads them. */
export interface DesktopCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** Desktops show no more, characters. */
const LONGEST_TEXT = 500;

/** What shows a notice on the desktop of this platform; undefined where nothing does. @param platform as Node.js names it */
export function desktopCommandOf(notice: Notice, platform: string): DesktopCommand | undefined {
  const [title, text] = [noticeTitle(notice).slice(0, LONGEST_TEXT), noticeText(notice).slice(0, LONGEST_TEXT)];
  switch (platform) {
    case "linux": {
      const urgency = noticeSeverity(notice) === "critical" ? "critical" : "normal";
      return {
        program: "notify-send",
        args: ["--app-name=Herd", `--urgency=${urgency}`, "--", title, withoutMarkup(text)],
      };
    }
    case "darwin":
      return { program: "osascript", args: [...OSASCRIPT.flatMap((line) => ["-e", line]), title, text] };
    case "win32":
      return { program: "powershell.exe", args: [...POWERSHELL, encodedScript(toastScript(title, text))] };
    default:
      return undefined;
  }
}

/** Notification servers may read a little markup in the text. */
const withoutMarkup = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const OSASCRIPT = ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"];

const POWERSHELL = ["-NoProfile", "-NonInteractive", "-EncodedCommand"];

/** PowerShell takes a script as UTF-16 in base64. */
const encodedScript = (script: string): string => Buffer.from(script, "utf16le").toString("base64");

/** Words stand in it as base64, so that nothing in them is read as a part of the script. */
function toastScript(title: string, text: string): string {
  const words = (word: string): string =>
    `[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${Buffer.from(word).toString("base64")}'))`;
  return [
    "$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]",
    "$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText01)",
    "$lines = $xml.GetElementsByTagName('text')",
    `$null = $lines.Item(0).AppendChild($xml.CreateTextNode(${words(`${title}: ${text}`)}))`,
    "$toast = [Windows.UI.Notifications.ToastNotification]::new($xml)",
    "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('Herd').Show($toast)",
  ].join("; ");
}
