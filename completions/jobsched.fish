# Completion of jobsched for fish: `jobsched __complete` knows the words.

function __jobsched_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = files
        __fish_complete_path $current
    else if set -q lines[2]
        printf '%s\n' $lines[2..-1]
    end
end

complete -c jobsched -f -a '(__jobsched_complete)'
