# Completion of otpedit for bash. The program itself knows what may follow; no board is opened.

# The words up to the cursor, as the shell will pass them on: ':' and '=' end none of them.
_otpedit_words() {
	local rest=${COMP_LINE:0:COMP_POINT} piece gap i joined=0
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		piece=${COMP_WORDS[i]}
		if ((i == COMP_CWORD)); then
			gap=${rest%%[![:space:]]*}
			piece=${rest#"$gap"}
		else
			gap=${rest%%"$piece"*}
			rest=${rest#"$gap$piece"}
		fi
		if ((i > 0)) && [[ -z $gap ]]; then
			joined=$((${#words[@]} - 1))
			words[joined]+=$piece
		else
			words+=("$piece")
		fi
	done
}

_otpedit() {
	local words current word head line program=${1/#\~/$HOME}
	COMPREPLY=()
	_otpedit_words
	current=${words[${#words[@]} - 1]}
	# The shell replaces what stands behind the last character that breaks words.
	head=${current%"${current##*[$COMP_WORDBREAKS]}"}
	compopt +o default 2>/dev/null
	while IFS= read -r line; do
		if [[ $line == :files* ]]; then
			compopt -o default 2>/dev/null
			continue
		fi
		word=${line%%$'\t'*}
		[[ $word == "$current"* ]] || continue
		[[ $word == *[=:,/] ]] && compopt -o nospace 2>/dev/null
		COMPREPLY+=("${word#"$head"}")
	done < <("$program" complete -- "${words[@]:1}" 2>/dev/null)
	# With words to choose from, files are offered beside them only once there is something to go by.
	if compopt 2>/dev/null | grep -q -- '-o default' && ((${#COMPREPLY[@]} > 0)) && [[ -n $current ]]; then
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "${current#"$head"}")
	fi
} && complete -o default -F _otpedit otpedit
