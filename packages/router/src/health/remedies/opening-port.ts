/** The line that lets calls to a port through a machine's firewall. @param platform as Node.js names it */
export function opensPort(platform: string | undefined, port: string): string {
  switch (platform) {
    case "darwin":
      return 'sudo /usr/libexec/ApplicationFirewall/socketfilterfw --add "$(which node)" --unblockapp "$(which node)"';
    case "win32":
      return `netsh advfirewall firewall add rule name="herd-node" dir=in action=allow protocol=TCP localport=${port}`;
    default:
      return `sudo ufw allow ${port}/tcp`;
  }
}
