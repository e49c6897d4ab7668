/** The line that starts Ollama on a machine. @param platform as Node.js names it; undefined when not told */
export function startsOllama(platform: string | undefined): string {
  switch (platform) {
    case "darwin":
      return "open -a Ollama";
    case "linux":
      return "sudo systemctl start ollama";
    case "win32":
      return String.raw`Start-Process "$env:LOCALAPPDATA\Programs\Ollama\ollama app.exe"`;
    default:
      return "ollama serve";
  }
}
