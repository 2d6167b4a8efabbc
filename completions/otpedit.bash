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
	local words current word head line files=0 program=${1/#\~/$HOME}
	COMPREPLY=()
	_otpedit_words
	current=${words[${#words[@]} - 1]}
	# The shell replaces what stands behind the last character that breaks words.
	head=${current%"${current##*["$COMP_WORDBREAKS"]}"}
	while IFS= read -r line; do
		word=${line%%$'\t'*}
		if [[ $line == :files* ]]; then
			files=1
		elif [[ $word == "$current"* ]]; then
			[[ $word == *[=:,/] ]] && compopt -o nospace 2>/dev/null
			COMPREPLY+=("${word#"$head"}")
		fi
	done < <("$program" complete -- "${words[@]:1}" 2>/dev/null)
	# Where nothing else fits, the shell looks for files by itself.
	if ((!files)); then
		compopt +o default 2>/dev/null
	elif ((${#COMPREPLY[@]} > 0)) && [[ -n $current ]]; then
		while IFS= read -r line; do
			printf -v line %q "$line"
			COMPREPLY+=("$line")
		done < <(compgen -f -- "${current#"$head"}")
	fi
} && complete -o default -F _otpedit otpedit
