import type { Command } from "../frame/command.ts";
import { DONE } from "../frame/exit-codes.ts";
import { bashScript, fishScript, zshScript } from "./scripts.ts";

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const NAMES = Object.keys(SHELLS) as readonly (keyof typeof SHELLS)[];

const PLACES: Readonly<Record<keyof typeof SHELLS, string>> = {
  bash: "source <(herd completion bash)     # in ~/.bashrc",
  zsh: "source <(herd completion zsh)      # in ~/.zshrc, behind compinit",
  fish: "herd completion fish | source      # in ~/.config/fish/config.fish",
};

/** `herd completion …`: one command per shell. */
export const completionCommands: readonly Command[] = [
  {
    words: ["completion"],
    summary: "the script with which a shell completes commands, options, models and machines",
    examples: NAMES.map((name) => [PLACES[name], name] as const),
  },
  ...NAMES.map(
    (name): Command => ({
      words: ["completion", name],
      summary: `the script for ${name}`,
      about:
        "Names of models, machines, settings and requests come from the router, which has half a second to tell them.",
      examples: [[PLACES[name], "each new shell has it"]],
      run: async ({ shell }) => {
        shell.print(SHELLS[name]);
        return DONE;
      },
    }),
  ),
];
