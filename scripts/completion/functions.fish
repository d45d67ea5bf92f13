# fish completion for git-voicenote; fish's completion of git uses it for `git voicenote`.
# Put it into ~/.config/fish/completions, under the name git-voicenote.fish.

function __git_voicenote_data
    set -q XDG_DATA_HOME; and echo $XDG_DATA_HOME/git-voicenote; and return
    switch (uname)
        case Darwin
            echo "$HOME/Library/Application Support/git-voicenote"
        case '*'
            echo $HOME/.local/share/git-voicenote
    end
end

function __git_voicenote_cache
    set -q XDG_CACHE_HOME; and echo $XDG_CACHE_HOME/git-voicenote; and return
    switch (uname)
        case Darwin
            echo $HOME/Library/Caches/git-voicenote
        case '*'
            echo $HOME/.cache/git-voicenote
    end
end

function __git_voicenote_recordings
    set -l folder (command git rev-parse --path-format=absolute --git-common-dir 2>/dev/null)/voicenote
    or set folder (__git_voicenote_data)
    for file in $folder/recordings/*
        string replace -r '^.*/([^/]*)\.[^.]*$' '$1' -- $file
    end
end

function __git_voicenote_sounds
    __git_voicenote_recordings
    __fish_complete_path (commandline -ct)
end

function __git_voicenote_branches
    command git for-each-ref --format='%(refname:short)' refs/heads 2>/dev/null
end

function __git_voicenote_commits
    echo HEAD
    command git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null
    command git log -50 --format='%h%x09%s' 2>/dev/null
end

function __git_voicenote_explained
    __git_voicenote_commits
    __git_voicenote_recordings
end

function __git_voicenote_ranges
    __git_voicenote_commits
    __fish_complete_path (commandline -ct)
end

function __git_voicenote_remotes
    command git remote 2>/dev/null
end

function __git_voicenote_files
    __fish_complete_path (commandline -ct)
end

function __git_voicenote_folders
    __fish_complete_directories (commandline -ct)
end

function __git_voicenote_any
end

function __git_voicenote_models
    echo tiny-en
    for folder in (__git_voicenote_data)/models/*/
        string replace -r '^.*/([^/]+)/$' '$1' -- $folder
    end
end

# as `git voicenote devices` saw them last: to ask the sound system takes longer than a key press
function __git_voicenote_devices
    set -l file (__git_voicenote_cache)/devices
    test -r $file; and cat $file
end

# The words that call the command: "", "record", "sync push".
function __git_voicenote_called
    set -l called
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        set -a called $word
        contains -- $called[1] $__git_voicenote_groups; and test (count $called) -lt 2; or break
    end
    echo "$called"
end

# What the first argument of the command may be, and what the others may be.
function __git_voicenote_arguments -a first others
    set -l words
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or set -a words $word
    end
    if test (count $words) -le (count (string split ' ' -- (__git_voicenote_called)))
        __git_voicenote_$first
    else
        __git_voicenote_$others
    end
end

function __git_voicenote_at
    set -l called (__git_voicenote_called)
    test "$called" = "$argv"
end

# fish 3.6.0 does not find the completions of git's other commands by itself
function __git_voicenote_in_git
    set -l words (commandline -opc)
    set -l at (contains -i -- voicenote $words); or return
    set -l rest (string escape -- $words[$at..])
    complete -C "git-voicenote $rest[2..] "(commandline -ct)
end

string match -q '3.6.0*' -- $version
and complete -c git -f -n '__fish_git_using_command voicenote' -a '(__git_voicenote_in_git)'
