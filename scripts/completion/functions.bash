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
