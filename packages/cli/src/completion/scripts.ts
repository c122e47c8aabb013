export const SHELLS = ["bash", "zsh", "fish", "pwsh"] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Bash splits words at `=`, `:` and `@` too, and wants what comes after: the line is split again at blanks, and what Bash has passed already
 * is cut off. For Bash 3.2 and later.
 */
const BASH = String.raw`# Completion of sealwright for Bash: source <(sealwright completion bash)
_sealwright() {
  local line="${"$"}{COMP_LINE:0:COMP_POINT}" bash_word="${"$"}{COMP_WORDS[COMP_CWORD]}" word passed value
  local -a words
  read -r -a words <<< "$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  word="${"$"}{words[${"$"}{#words[@]}-1]}"
  unset "words[${"$"}{#words[@]}-1]"
  case "$bash_word" in *[!=:@]*) ;; *) bash_word="" ;; esac
  case "$word" in *"$bash_word") passed="${"$"}{word%"$bash_word"}" ;; *) passed="" ;; esac
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    case "$value" in
      :files) return ;;
      *) COMPREPLY+=("${"$"}{value#"$passed"}") ;;
    esac
  done < <(command "${"$"}{words[0]}" __complete -- "${"$"}{words[@]:1}" "+$word" 2>/dev/null)
  compopt +o default +o bashdefault 2>/dev/null
}
complete -o default -o bashdefault -F _sealwright sealwright
`;

const ZSH = String.raw`#compdef sealwright
# Completion of sealwright for Zsh: in a folder of $fpath as _sealwright, or source <(sealwright completion zsh)
_sealwright() {
  local line value tab=$'\t'
  local -a candidates
  for line in "${"$"}{(@f)$(command ${"$"}{words[1]} __complete -- "${"$"}{(@Q)words[2,CURRENT-1]}" "+${"$"}{(Q)PREFIX}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      compset -P '--*='
      _files
      return
    fi
    value="${"$"}{line%%$tab*}"
    [[ -n $value ]] && candidates+=("${"$"}{value//:/\\:}:${"$"}{line#*$tab}")
  done
  _describe sealwright candidates
}
if [[ $funcstack[1] == _sealwright ]]; then
  _sealwright "$@"
else
  compdef _sealwright sealwright
fi
`;

const FISH = `# Completion of sealwright for fish: ~/.config/fish/completions/sealwright.fish
function __sealwright_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    for line in (command $before[1] __complete -- $before[2..] "+$word" 2>/dev/null)
        if test "$line" = :files
            set -l flag (string match -r -- '^--[^=]*=' "$word")
            for path in (__fish_complete_path (string replace -- "$flag" '' "$word"))
                echo "$flag$path"
            end
        else
            echo "$line"
        end
    end
end
complete -c sealwright -f -a '(__sealwright_complete)'
`;

const PWSH = `# Completion of sealwright for PowerShell: sealwright completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName sealwright -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.Text -ne $wordToComplete })
    $before = @($elements | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text.Trim('"', "'") })
    & $elements[0].Extent.Text __complete '--' @before "+$wordToComplete" 2>$null | ForEach-Object {
        # Nothing for files: PowerShell then completes paths by itself.
        if ($_ -ne ':files') {
            $value, $help = $_ -split [char]9, 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    }
}
`;

/** What `sealwright completion` prints. All of them ask `sealwright __complete` at each press of the key. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, pwsh: PWSH };
