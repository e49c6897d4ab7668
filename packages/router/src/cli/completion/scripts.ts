/**
 * What a shell asks is answered by `herd __complete WORD…`, the last word being the unfinished one: a line per proposal, the
 * word, a tab, its meaning. So the scripts need not be made anew when there are new commands.
 */
export const bashScript = `# Completion of herd for bash.
_herd() {
  # Bash takes a word apart at a colon, and names of models have one: the line itself is read.
  local line words cur cut
  read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:0:COMP_POINT}" == *[[:space:]] ]] && words+=("")
  cur="\${words[\${#words[@]}-1]}"
  # What stands before the last sign that takes words apart is not to be said again.
  cut="\${cur%"\${cur##*[:=]}"}"
  [[ "$cut" == *: && "$COMP_WORDBREAKS" != *:* ]] && cut=""
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [[ "$line" == "$cut"* && -n "$line" ]] && COMPREPLY+=("$(printf '%q' "\${line#"$cut"}")")
  done < <(herd __complete "\${words[@]:1}" 2> /dev/null)
  [[ \${#COMPREPLY[@]} -gt 0 ]]
}
complete -o default -F _herd herd
`;

/** The same for zsh. */
export const zshScript = `#compdef herd
# Completion of herd for zsh.
_herd() {
  local -a words_typed names meanings
  local name meaning
  words_typed=("\${(@)words[2,CURRENT]}")
  while IFS=$'\\t' read -r name meaning; do
    [[ -n "$name" ]] || continue
    names+=("$name")
    meanings+=("\${name}\${meaning:+  -- $meaning}")
  done < <(herd __complete "\${words_typed[@]}" 2> /dev/null)
  (( \${#names} )) && compadd -l -d meanings -a names && return
  _files
}
compdef _herd herd
`;

/** The same for fish. */
export const fishScript = `# Completion of herd for fish.
function __herd_complete
  set -l words (commandline -opc) (commandline -ct)
  herd __complete $words[2..-1] 2> /dev/null
end
complete -c herd -f -a '(__herd_complete)'
`;
