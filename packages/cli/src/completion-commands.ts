import { command } from "./command.ts";
import { CommandError } from "./failure.ts";

export const COMPLETION = command({
  name: "completion",
  summary: "print a script that completes commands, flags, contexts, namespaces and items in a shell",
  operand: { name: "SHELL", help: "bash, zsh, fish or pwsh" },
  examples: [
    "source <(sealwright completion bash)                                          in ~/.bashrc",
    "sealwright completion zsh > ~/.zfunc/_sealwright      once, in a folder of $fpath",
    "sealwright completion fish > ~/.config/fish/completions/sealwright.fish       once",
    "sealwright completion pwsh | Out-String | Invoke-Expression                   in $PROFILE",
  ],
  flags: {},
  async run([shell, ...more], _flags, io) {
    const { SHELLS, SCRIPTS } = await import("./completion/scripts.ts");
    const known = SHELLS.find((name) => name === shell);
    if (known === undefined || more.length > 0) {
      const hint = `sealwright completion ${SHELLS.join("|")}`;
      throw new CommandError({ code: "usage", message: "it takes the name of one shell", hint });
    }
    await io.stdout.write(SCRIPTS[known]);
  },
});

/** For those scripts: words of a command line, the last one up to the cursor and after a `+`, so that it is never empty. */
export const COMPLETE = command({
  name: "__complete",
  summary: "what a word of a command line may become",
  operand: { name: "WORD", help: "the words before it, and it" },
  isHidden: true,
  flags: {},
  async run(words, _flags, io) {
    const [{ completeWord }, { COMMANDS }] = await Promise.all([
      import("./completion/complete-word.ts"),
      import("./command-table.ts"),
    ]);
    const last = words.at(-1)?.replace(/^\+/, "") ?? "";
    await io.stdout.write(await completeWord(COMMANDS, { before: words.slice(0, -1), word: last }, io));
  },
});
