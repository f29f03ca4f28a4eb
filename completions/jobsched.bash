# Completion of jobsched for bash: `jobsched __complete` knows the words.

_jobsched() {
  local kind word current=${COMP_WORDS[COMP_CWORD]}
  local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash takes the `=` of --option=value for a word of its own.
  if [[ $current == "=" ]]; then words+=(""); fi
  COMPREPLY=()
  {
    read -r kind
    if [[ $kind == files ]]; then compopt -o default; fi
    while IFS=$'\t' read -r word _; do COMPREPLY+=("$(printf '%q' "$word")"); done
  } < <("$1" __complete -- "${words[@]}" 2>/dev/null)
}

complete -F _jobsched jobsched
