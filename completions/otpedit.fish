# Completion of otpedit for fish. The program itself knows what may follow; no board is opened.

function __otpedit_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program complete -- $words "$current" 2>/dev/null)
        if string match -q ':files*' -- $line
            set -l kept (string replace -r '^:files ?' '' -- $line)
            set -l typed (string sub -s (math 1 + (string length -- "$kept")) -- "$current")
            for path in (complete -C "'' $typed" | string replace -r '\t.*' '')
                echo "$kept$path"
            end
        else
            echo $line
        end
    end
end

complete -c otpedit -f -a '(__otpedit_complete)'
