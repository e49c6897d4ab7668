/**
 * What a shell asks is answered by `herd __complete WORD…`, the last word being the unfinished one: a line per proposal, the
 * word, a tab, its meaning. So the scripts need not be made anew when there are new commands.
 */
export const bashScript = `# Completion of herd for bash.
_herd() {
  local line cur="\${COMP_WORDS[COMP_CWORD]}" words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  # A colon separates words in bash, and is a part of the names of models.
  if declare -F _get_comp_words_by_ref > /dev/null; then
    local cword prev
    _get_comp_words_by_ref -n : -w words -c cur -i cword 2> /dev/null && words=("\${words[@]:1:cword}")
  fi
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [[ -n "$line" ]] && COMPREPLY+=("$(printf '%q' "$line")")
  done < <(herd __complete "\${words[@]}" 2> /dev/null)
  declare -F __ltrim_colon_completions > /dev/null && __ltrim_colon_completions "$cur"
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
