/**
 * The scripts that shells read: they hand the words so far to the hidden command `complete`, and do
 * nothing else by themselves. They speak up in Lido's own folder only, where `deno task` means Lido;
 * elsewhere deno's own completion goes on.
 */

/** Shells that have a script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** One of {@link SHELLS}. */
export type Shell = typeof SHELLS[number];

/** Nothing is asked for, installed or loaded from elsewhere while somebody types. */
const FLAGS =
  "--quiet --no-prompt --cached-only --node-modules-dir=manual --allow-read --allow-net --allow-env";

/** Makes the script of a shell, for the Lido in this folder. */
export function scriptFor(shell: Shell, folder: string): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](folder);
}

function bashScript(folder: string): string {
  return `# Completion of Lido's commands: source <(deno task completion bash)
_lido_folder=$(cd ${quote(folder)} 2>/dev/null && pwd -P)
[[ $(complete -p deno 2>/dev/null) =~ -F\\ ([^ ]+) && \${BASH_REMATCH[1]} != _lido ]] &&
  _lido_other=\${BASH_REMATCH[1]}
_lido() {
  local line=\${COMP_LINE:0:COMP_POINT} words current candidate cut=
  read -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  if [[ \${words[1]-} != task || \${#words[@]} -lt 3 || -z $_lido_folder ||
    $(pwd -P)/ != "$_lido_folder"/* ]]; then
    [[ -n \${_lido_other-} ]] && "$_lido_other" "$@"
    return
  fi
  compopt +o default +o bashdefault 2>/dev/null
  current=\${words[\${#words[@]}-1]}
  [[ $COMP_WORDBREAKS == *:* && $current == *:* ]] && cut=\${current%:*}:
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      compopt -o default 2>/dev/null
      return
    fi
    COMPREPLY+=("$(printf %q "\${candidate#"$cut"}")")
  done < <("\${words[0]}" run ${FLAGS} "$_lido_folder/main.ts" complete -- "\${words[@]:2}" 2>/dev/null)
}
complete -o bashdefault -o default -F _lido deno
`;
}

function zshScript(folder: string): string {
  return `# Completion of Lido's commands: source <(deno task completion zsh)
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
_lido_folder=$(cd ${quote(folder)} 2>/dev/null && pwd -P)
[[ \${_comps[deno]-_lido} != _lido ]] && _lido_other=$_comps[deno]
_lido() {
  local line
  local -a lines described
  if [[ $words[2] != task || $CURRENT -lt 3 || -z $_lido_folder ||
    $(pwd -P)/ != $_lido_folder/* ]]; then
    if [[ -n \${_lido_other-} ]]; then $_lido_other "$@"; else _default; fi
    return
  fi
  lines=("\${(@f)$("\${(Q)words[1]}" run ${FLAGS} "$_lido_folder/main.ts" complete -- \\
    "\${(@Q)words[3,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    _files
    return
  fi
  for line in $lines; do
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe Lido described
}
compdef _lido deno
`;
}

function fishScript(folder: string): string {
  return `# Completion of Lido's commands: deno task completion fish | source
set -g __lido_folder (realpath ${quoteForFish(folder)} 2>/dev/null)
function __lido_is_here
  set -l words (commandline -opc)
  test (count $words) -ge 2 -a -n "$__lido_folder"; and test $words[2] = task
  and string match -q -- $__lido_folder/'*' (pwd -P)/
end
function __lido_complete
  set -l words (commandline -opc)
  set -l current (string unescape -- (commandline -ct | string collect))
  set -l lines ($words[1] run ${FLAGS} $__lido_folder/main.ts complete -- \\
    $words[3..-1] "$current" 2>/dev/null)
  if test "$lines[1]" = :files
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c deno -n __lido_is_here -f -k -a '(__lido_complete)'
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quoteForFish(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
