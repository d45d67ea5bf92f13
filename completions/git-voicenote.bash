# bash completion for git voicenote, through git's own completion.
#
# git's completion loads this file by its name, git-voicenote, from a folder such as
# ~/.local/share/bash-completion/completions. It starts git, and nothing slower.

__git_voicenote_data ()
{
	case "$OSTYPE" in
	darwin*) echo "${XDG_DATA_HOME:-$HOME/Library/Application Support}/git-voicenote" ;;
	*) echo "${XDG_DATA_HOME:-$HOME/.local/share}/git-voicenote" ;;
	esac
}

__git_voicenote_cache ()
{
	case "$OSTYPE" in
	darwin*) echo "${XDG_CACHE_HOME:-$HOME/Library/Caches}/git-voicenote" ;;
	*) echo "${XDG_CACHE_HOME:-$HOME/.cache}/git-voicenote" ;;
	esac
}

__git_voicenote_recording_ids ()
{
	local folder file
	if folder=$(__git rev-parse --path-format=absolute --git-common-dir 2>/dev/null); then
		folder="$folder/voicenote"
	else
		folder=$(__git_voicenote_data)
	fi
	for file in "$folder"/recordings/*; do
		[ -f "$file" ] || continue
		file=${file##*/}
		case "$file" in *[!0-9A-Za-z.-]*) continue ;; esac
		echo "${file%.*}"
	done
}

# A name in a clone may be a command to a shell, as `x;reboot` is; git's completion leaves it so.
__git_voicenote_quote ()
{
	local at word blank
	for at in "${!COMPREPLY[@]}"; do
		word=${COMPREPLY[at]% }
		case "$word" in *[!0-9A-Za-z_./:@~^=,+%-]*) ;; *) continue ;; esac
		blank=${COMPREPLY[at]#"$word"}
		COMPREPLY[at]=$(printf %q "$word")$blank
	done
}

__git_voicenote_recordings () { __gitcomp_nl "$(__git_voicenote_recording_ids)"; }

# recordings, and files: an empty COMPREPLY would leave files to bash
__git_voicenote_sounds ()
{
	local file
	__git_voicenote_recordings
	[ ${#COMPREPLY[@]} -eq 0 ] && return
	while IFS= read -r file; do
		if [ -d "$file" ]; then
			COMPREPLY+=("$(printf %q "$file")/")
		else
			COMPREPLY+=("$(printf %q "$file") ")
		fi
	done < <(compgen -f -- "$cur")
}

__git_voicenote_commits ()
{
	__git_complete_refs
	case "$cur" in
	[0-9a-f]*) __gitcomp_nl_append "$(__git log -50 --format=%h 2>/dev/null)" ;;
	esac
	__git_voicenote_quote
}

__git_voicenote_explained ()
{
	__git_voicenote_commits
	__gitcomp_nl_append "$(__git_voicenote_recording_ids)"
}

__git_voicenote_branches () { __gitcomp_nl "$(__git_heads)"; __git_voicenote_quote; }
__git_voicenote_remotes () { __gitcomp_nl "$(__git_remotes)"; __git_voicenote_quote; }

__git_voicenote_ranges ()
{
	__git_complete_revlist
	__git_voicenote_quote_revisions
}

# readline quotes the files of a commit
__git_voicenote_quote_revisions () { case "$cur" in *:*) ;; *) __git_voicenote_quote ;; esac; }

__git_voicenote_files () { :; }
__git_voicenote_any () { :; }

__git_voicenote_folders ()
{
	local folder
	while IFS= read -r folder; do
		COMPREPLY+=("$(printf %q "$folder")/")
	done < <(compgen -d -- "$cur")
}

__git_voicenote_models ()
{
	local folder list="tiny-en"$'\n'
	for folder in "$(__git_voicenote_data)"/models/*/; do
		[ -d "$folder" ] || continue
		folder=${folder%/}
		list="$list${folder##*/}"$'\n'
	done
	__gitcomp_nl "$list"
}

# as `git voicenote devices` saw them last: to ask the sound system takes longer than a key press
__git_voicenote_devices ()
{
	local name file="$(__git_voicenote_cache)/devices"
	[ -r "$file" ] || return
	while IFS= read -r name; do
		case "$name" in
		"$cur"*) COMPREPLY+=("$(printf %q "$name") ") ;;
		esac
	done < "$file"
}

__git_voicenote_settings ()
{
	__gitcomp_nl "engine
model
device
language
microphone
edit
editor
silence
maxDuration
vad.threshold
vad.minSilence
vad.maxSegment
vad.padding
notesRef
reviewRef
recordingFormat
vocabulary
learn
text
remote.url
remote.path
remote.model
remote.concurrency
remote.timeout
hook.record
hook.strict
server.idle"
}

__git_voicenote_setting_values ()
{
	case "${prev#voicenote.}" in
	engine) __gitcomp_nl "auto" ;;
	device) __gitcomp_nl "auto
cpu
mps
cuda" ;;
	edit) __gitcomp_nl "true
false" ;;
	recordingFormat) __gitcomp_nl "wav
flac
opus" ;;
	vocabulary) __gitcomp_nl "true
false" ;;
	learn) __gitcomp_nl "true
false" ;;
	text) __gitcomp_nl "all
off" ;;
	hook.record) __gitcomp_nl "ask
always
never" ;;
	hook.strict) __gitcomp_nl "true
false" ;;
	microphone) __git_voicenote_devices ;;
	model) __git_voicenote_models ;;
	esac
}

_git_voicenote ()
{
	local n=$((${__git_cmd_idx:-1} + 1)) called=""
	while [ "$n" -lt "$cword" ]; do
		case "$called/${words[n]}" in
		*/-*) ;;
		/*) called=${words[n]} ;;
		history/*|sync/*|hook/*|vocabulary/*|models/*|settings/*) called="$called ${words[n]}" ;;
		esac
		n=$((n + 1))
	done
	case "$called" in
	"")
		case "$cur" in
		-*) __gitcomp "--verbose --version --help" ;;
		*) __gitcomp "record format-patch am show edit remove review play dictate transcribe serve history sync hook vocabulary text devices models status doctor settings kit completion help uninstall" ;;
		esac
		;;
	"record")
		case "$prev" in
		--from) __git_voicenote_sounds; return ;;
		--device) __git_voicenote_devices; return ;;
		--silence) __git_voicenote_any; return ;;
		--max-duration) __git_voicenote_any; return ;;
		--engine) __gitcomp "auto nano moonshine remote"; return ;;
		--language) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		--engine=*) __gitcomp "auto nano moonshine remote" "" "${cur##--engine=}" ;;
		-*) __gitcomp "--cover --walk --from --device --browser --silence --max-duration --engine --language --edit --no-edit --replace --append --keep-both --explain --json --help" ;;
		*) __git_voicenote_commits ;;
		esac
		;;
	"format-patch")
		case "$cur" in
		--record=*) __gitcomp "newest cover" "" "${cur##--record=}"; return ;;
		esac
		_git_format_patch
		__git_voicenote_quote_revisions
		case "$cur" in
		--*)
			local IFS=$'\n'
			COMPREPLY+=($(compgen -S " " -W "--record" -- "$cur"))
			;;
		esac
		;;
	"am")
		_git_am
		__git_voicenote_quote_revisions
		;;
	"show")
		case "$prev" in
		--format) __gitcomp "text json markdown html"; return ;;
		esac
		case "$cur" in
		--format=*) __gitcomp "text json markdown html" "" "${cur##--format=}" ;;
		-*) __gitcomp "--cover --format --json --adopt --help" ;;
		*) __git_voicenote_ranges ;;
		esac
		;;
	"edit")
		case "$cur" in
		-*) __gitcomp "--cover --help" ;;
		*) __git_voicenote_commits ;;
		esac
		;;
	"remove")
		case "$cur" in
		-*) __gitcomp "--cover --help" ;;
		*) __git_voicenote_ranges ;;
		esac
		;;
	"review")
		case "$prev" in
		--html) __git_voicenote_files; return ;;
		--color) __gitcomp "auto always never"; return ;;
		--patch) __git_voicenote_any; return ;;
		--at) __git_voicenote_any; return ;;
		--from) __git_voicenote_sounds; return ;;
		-o|--output-directory) __git_voicenote_folders; return ;;
		esac
		case "$cur" in
		--color=*) __gitcomp "auto always never" "" "${cur##--color=}" ;;
		-*) __gitcomp "--html --audio --json --all --color --mboxrd --scissors --no-scissors --reply --patch --at --from --output-directory --note --help" ;;
		*) __git_voicenote_ranges ;;
		esac
		;;
	"play")
		case "$prev" in
		--at|--start) __git_voicenote_any; return ;;
		--doubt) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--cover --at --start --doubt --help" ;;
		*) __git_voicenote_explained ;;
		esac
		;;
	"dictate")
		case "$prev" in
		--from) __git_voicenote_sounds; return ;;
		--device) __git_voicenote_devices; return ;;
		--silence) __git_voicenote_any; return ;;
		--max-duration) __git_voicenote_any; return ;;
		--engine) __gitcomp "auto nano moonshine remote"; return ;;
		--language) __git_voicenote_any; return ;;
		--editor) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		--engine=*) __gitcomp "auto nano moonshine remote" "" "${cur##--engine=}" ;;
		-*) __gitcomp "--from --device --silence --max-duration --engine --language --editor --message --prose --help" ;;
		*) __git_voicenote_files ;;
		esac
		;;
	"transcribe")
		case "$prev" in
		--format) __gitcomp "text json srt vtt tsv csv"; return ;;
		-o|--output) __git_voicenote_folders; return ;;
		--engine) __gitcomp "auto nano moonshine remote"; return ;;
		--language) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		--format=*) __gitcomp "text json srt vtt tsv csv" "" "${cur##--format=}" ;;
		--engine=*) __gitcomp "auto nano moonshine remote" "" "${cur##--engine=}" ;;
		-*) __gitcomp "--format --json --output --again --engine --language --vocabulary --no-vocabulary --help" ;;
		*) __git_voicenote_files ;;
		esac
		;;
	"serve")
		case "$prev" in
		--host) __git_voicenote_any; return ;;
		--port) __git_voicenote_ranges; return ;;
		--socket) __git_voicenote_files; return ;;
		--token-file) __git_voicenote_files; return ;;
		--tls-cert) __git_voicenote_files; return ;;
		--tls-key) __git_voicenote_files; return ;;
		--engine) __gitcomp "auto nano moonshine remote"; return ;;
		--language) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		--engine=*) __gitcomp "auto nano moonshine remote" "" "${cur##--engine=}" ;;
		-*) __gitcomp "--host --port --socket --token-file --tls-cert --tls-key --engine --language --vocabulary --no-vocabulary --open --help" ;;
		esac
		;;
	"history")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "list search show export delete" ;;
		esac
		;;
	"history list")
		case "$prev" in
		-n|--max-count) __git_voicenote_ranges; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--max-count --json --help" ;;
		esac
		;;
	"history search")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		*) __git_voicenote_any ;;
		esac
		;;
	"history show")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		*) __git_voicenote_recordings ;;
		esac
		;;
	"history export")
		case "$prev" in
		--format) __gitcomp "text json srt vtt tsv csv"; return ;;
		esac
		case "$cur" in
		--format=*) __gitcomp "text json srt vtt tsv csv" "" "${cur##--format=}" ;;
		-*) __gitcomp "--format --help" ;;
		*) __git_voicenote_recordings ;;
		esac
		;;
	"history delete")
		case "$prev" in
		--since) __git_voicenote_any; return ;;
		--before) __git_voicenote_any; return ;;
		--older-than) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--since --before --older-than --all --dry-run --yes --help" ;;
		*) __git_voicenote_recordings ;;
		esac
		;;
	"sync")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "fetch push status bundle unbundle" ;;
		esac
		;;
	"sync fetch")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __git_voicenote_remotes ;;
		esac
		;;
	"sync push")
		case "$cur" in
		-*) __gitcomp "--all --dry-run --help" ;;
		*)
			case "$prev" in
			push|-*) __git_voicenote_remotes ;;
			*) __git_voicenote_branches ;;
			esac
			;;
		esac
		;;
	"sync status")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		*) __git_voicenote_remotes ;;
		esac
		;;
	"sync bundle")
		case "$cur" in
		-*) __gitcomp "--audio --force --help" ;;
		*)
			case "$prev" in
			bundle|-*) __git_voicenote_files ;;
			*) __git_voicenote_ranges ;;
			esac
			;;
		esac
		;;
	"sync unbundle")
		case "$prev" in
		--name) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--name --help" ;;
		*) __git_voicenote_files ;;
		esac
		;;
	"hook")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "install uninstall status run" ;;
		esac
		;;
	"hook install")
		case "$cur" in
		-*) __gitcomp "--am --force --manual --help" ;;
		*) __gitcomp "prepare-commit-msg post-applypatch" ;;
		esac
		;;
	"hook uninstall")
		case "$cur" in
		-*) __gitcomp "--am --force --help" ;;
		*) __gitcomp "prepare-commit-msg post-applypatch" ;;
		esac
		;;
	"hook status")
		case "$cur" in
		-*) __gitcomp "--am --json --help" ;;
		*) __gitcomp "prepare-commit-msg post-applypatch" ;;
		esac
		;;
	"hook run")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*)
			case "$prev" in
			run|-*) __gitcomp "prepare-commit-msg post-applypatch" ;;
			*) __git_voicenote_any ;;
			esac
			;;
		esac
		;;
	"vocabulary")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "list add remove explain" ;;
		esac
		;;
	"vocabulary list")
		case "$prev" in
		--for) __git_voicenote_commits; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--for --json --help" ;;
		esac
		;;
	"vocabulary add")
		case "$cur" in
		-*) __gitcomp "--personal --help" ;;
		*) __git_voicenote_any ;;
		esac
		;;
	"vocabulary remove")
		case "$cur" in
		-*) __gitcomp "--personal --help" ;;
		*) __git_voicenote_any ;;
		esac
		;;
	"vocabulary explain")
		case "$prev" in
		--for) __git_voicenote_commits; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--for --json --help" ;;
		*) __git_voicenote_any ;;
		esac
		;;
	"text")
		case "$prev" in
		--pass) __gitcomp "fillers edits vocabulary itn identifiers"; return ;;
		--language) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		--pass=*) __gitcomp "fillers edits vocabulary itn identifiers" "" "${cur##--pass=}" ;;
		-*) __gitcomp "--pass --explain --language --list --help" ;;
		esac
		;;
	"devices")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		esac
		;;
	"models")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "list fetch import verify path" ;;
		esac
		;;
	"models list")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		esac
		;;
	"models fetch")
		case "$prev" in
		--revision) __git_voicenote_any; return ;;
		--name) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--revision --name --help" ;;
		*) __git_voicenote_any ;;
		esac
		;;
	"models import")
		case "$prev" in
		--name) __git_voicenote_any; return ;;
		--language) __git_voicenote_any; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--name --language --help" ;;
		*) __git_voicenote_files ;;
		esac
		;;
	"models verify")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __git_voicenote_models ;;
		esac
		;;
	"models path")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __git_voicenote_models ;;
		esac
		;;
	"status")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		*) __git_voicenote_ranges ;;
		esac
		;;
	"doctor")
		case "$cur" in
		-*) __gitcomp "--no-microphone --json --help" ;;
		esac
		;;
	"settings")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "list get set unset" ;;
		esac
		;;
	"settings list")
		case "$cur" in
		-*) __gitcomp "--json --help" ;;
		esac
		;;
	"settings get")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __git_voicenote_settings ;;
		esac
		;;
	"settings set")
		case "$cur" in
		-*) __gitcomp "--global --help" ;;
		*)
			case "$prev" in
			set|-*) __git_voicenote_settings ;;
			*) __git_voicenote_setting_values ;;
			esac
			;;
		esac
		;;
	"settings unset")
		case "$cur" in
		-*) __gitcomp "--global --help" ;;
		*) __git_voicenote_settings ;;
		esac
		;;
	"kit")
		case "$prev" in
		--model) __git_voicenote_any; return ;;
		--python) __git_voicenote_any; return ;;
		--platform) __git_voicenote_any; return ;;
		--wheels) __git_voicenote_folders; return ;;
		esac
		case "$cur" in
		-*) __gitcomp "--nano --model --python --platform --wheels --force --help" ;;
		*) __git_voicenote_files ;;
		esac
		;;
	"completion")
		case "$cur" in
		-*) __gitcomp "--help" ;;
		*) __gitcomp "bash zsh fish" ;;
		esac
		;;
	"help")
		case "$cur" in
		-*) __gitcomp "--man-path --help" ;;
		*) __gitcomp "record format-patch am show edit remove review play dictate transcribe serve history sync hook vocabulary text devices models status doctor settings kit completion help uninstall" ;;
		esac
		;;
	"uninstall")
		case "$cur" in
		-*) __gitcomp "--hooks --notes --recordings --learned --models --settings --all --dry-run --yes --help" ;;
		esac
		;;
	esac
}
