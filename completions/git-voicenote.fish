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

set -g __git_voicenote_groups history sync hook vocabulary models settings

function __git_voicenote_settings
    string split ' ' 'engine model device language microphone edit editor silence maxDuration vad.threshold vad.minSilence vad.maxSegment vad.padding notesRef reviewRef recordingFormat vocabulary learn text remote.url remote.path remote.model remote.concurrency remote.timeout hook.record hook.strict server.idle'
end

function __git_voicenote_setting_values
    switch (string replace voicenote. '' -- (commandline -opc)[-1])
        case engine
            string split ' ' 'auto'
        case device
            string split ' ' 'auto cpu mps cuda'
        case edit
            string split ' ' 'true false'
        case recordingFormat
            string split ' ' 'wav flac opus'
        case vocabulary
            string split ' ' 'true false'
        case learn
            string split ' ' 'true false'
        case text
            string split ' ' 'all off'
        case hook.record
            string split ' ' 'ask always never'
        case hook.strict
            string split ' ' 'true false'
        case microphone
            __git_voicenote_devices
        case model
            __git_voicenote_models
    end
end

complete -c git-voicenote -f

complete -c git-voicenote -n '__git_voicenote_at ' -a record -d 'Explain a commit, or a series, by speaking.'
complete -c git-voicenote -n '__git_voicenote_at ' -a format-patch -d 'Make patches that carry the notes.'
complete -c git-voicenote -n '__git_voicenote_at ' -a am -d 'Apply mailed patches and keep their notes.'
complete -c git-voicenote -n '__git_voicenote_at ' -a show -d 'Show a commit\'s note, or the cover of a series.'
complete -c git-voicenote -n '__git_voicenote_at ' -a edit -d 'Edit a note in git\'s editor.'
complete -c git-voicenote -n '__git_voicenote_at ' -a remove -d 'Remove notes, or the cover of a series.'
complete -c git-voicenote -n '__git_voicenote_at ' -a review -d 'Read a series with its notes, or make a page of it.'
complete -c git-voicenote -n '__git_voicenote_at ' -a play -d 'Play the recording behind a note.'
complete -c git-voicenote -n '__git_voicenote_at ' -a dictate -d 'Print what you say, or put it into a file.'
complete -c git-voicenote -n '__git_voicenote_at ' -a transcribe -d 'Print the text of sound files.'
complete -c git-voicenote -n '__git_voicenote_at ' -a serve -d 'Serve OpenAI\'s speech API on this machine.'
complete -c git-voicenote -n '__git_voicenote_at ' -a history -d 'List, search, show, export and delete recordings.'
complete -c git-voicenote -n '__git_voicenote_at ' -a sync -d 'Exchange notes and covers, over a network or on a stick.'
complete -c git-voicenote -n '__git_voicenote_at ' -a hook -d 'Install the hook that lets you dictate commit messages.'
complete -c git-voicenote -n '__git_voicenote_at ' -a vocabulary -d 'List, add and explain the terms to listen for.'
complete -c git-voicenote -n '__git_voicenote_at ' -a text -d 'Convert spoken text to written text: a filter.'
complete -c git-voicenote -n '__git_voicenote_at ' -a devices -d 'List the microphones.'
complete -c git-voicenote -n '__git_voicenote_at ' -a models -d 'List, fetch, import and verify models.'
complete -c git-voicenote -n '__git_voicenote_at ' -a status -d 'Show what lacks a note, is unfinished, or unsent.'
complete -c git-voicenote -n '__git_voicenote_at ' -a doctor -d 'Check what is installed and what works.'
complete -c git-voicenote -n '__git_voicenote_at ' -a settings -d 'List, get, set and unset the settings.'
complete -c git-voicenote -n '__git_voicenote_at ' -a kit -d 'Install this where there is no network.'
complete -c git-voicenote -n '__git_voicenote_at ' -a completion -d 'Print the completion of a shell.'
complete -c git-voicenote -n '__git_voicenote_at ' -a help -d 'Show the manual, or the page of a command.'
complete -c git-voicenote -n '__git_voicenote_at ' -a uninstall -d 'Remove what git-voicenote keeps here.'
complete -c git-voicenote -n '__git_voicenote_at ' -s v -l verbose -d 'Trace what is run.'
complete -c git-voicenote -n '__git_voicenote_at ' -l version -d 'Show the version.'
complete -c git-voicenote -n '__git_voicenote_at ' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at record' -l cover -d 'Explain the branch\'s series as a whole.'
complete -c git-voicenote -n '__git_voicenote_at record' -l walk -d 'Walk through the diff: words belong to the hunk on the screen.'
complete -c git-voicenote -n '__git_voicenote_at record' -l from -d 'Take a sound file, standard input or an earlier recording, not the microphone.' -x -a '(__git_voicenote_sounds)'
complete -c git-voicenote -n '__git_voicenote_at record' -l device -d 'The microphone: a name, a part of one, or a number.' -x -a '(__git_voicenote_devices)'
complete -c git-voicenote -n '__git_voicenote_at record' -l browser -d 'Speak in a browser, on the machine that you sit at.'
complete -c git-voicenote -n '__git_voicenote_at record' -l silence -d 'Stop after SECONDS without speech.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at record' -l max-duration -d 'Stop after SECONDS.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at record' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at record' -l language -d 'The language that is spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at record' -l edit -l no-edit -d 'Open the words in the editor first.'
complete -c git-voicenote -n '__git_voicenote_at record' -l replace -d 'Replace the note that is there.'
complete -c git-voicenote -n '__git_voicenote_at record' -l append -d 'Add to the note that is there.'
complete -c git-voicenote -n '__git_voicenote_at record' -l keep-both -d 'Keep the note that is there beside the new one.'
complete -c git-voicenote -n '__git_voicenote_at record' -l explain -d 'Report which words were changed, and why.'
complete -c git-voicenote -n '__git_voicenote_at record' -l json -d 'Print the note as one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at record' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at record' -a '(__git_voicenote_commits)'

complete -c git-voicenote -n '__git_voicenote_at format-patch' -l record -d 'First record what is missing.'
complete -c git-voicenote -n '__git_voicenote_at format-patch' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at am' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at show' -l cover -d 'Show the cover of a branch\'s series (default: HEAD\'s).'
complete -c git-voicenote -n '__git_voicenote_at show' -l format -d 'text: as git shows notes; json: everything; markdown: a pull request\'s description; html: a page without scripts.' -x -a 'text json markdown html'
complete -c git-voicenote -n '__git_voicenote_at show' -l json -d 'The same as --format json.'
complete -c git-voicenote -n '__git_voicenote_at show' -l adopt -d 'Keep notes found by their patch, or take the cover of a branch that is gone.'
complete -c git-voicenote -n '__git_voicenote_at show' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at show' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at edit' -l cover -d 'Edit the cover of a branch\'s series (default: HEAD\'s).'
complete -c git-voicenote -n '__git_voicenote_at edit' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at edit' -a '(__git_voicenote_commits)'

complete -c git-voicenote -n '__git_voicenote_at remove' -l cover -d 'Remove the cover of a branch\'s series (default: HEAD\'s).'
complete -c git-voicenote -n '__git_voicenote_at remove' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at remove' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at review' -l html -d 'Make one page of it for a browser (- prints it).' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at review' -l audio -d 'Put the recordings that are here into the page.'
complete -c git-voicenote -n '__git_voicenote_at review' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at review' -l all -d 'Show all at once, without stopping at each patch.'
complete -c git-voicenote -n '__git_voicenote_at review' -l color -d 'Colour the diffs; auto asks git\'s color.diff.' -x -a 'auto always never'
complete -c git-voicenote -n '__git_voicenote_at review' -l mboxrd -d 'Lines `>From ` in the mbox were written `From `.'
complete -c git-voicenote -n '__git_voicenote_at review' -l scissors -l no-scissors -d 'Ignore what is above a line `-- >8 --` (default: mailinfo.scissors).'
complete -c git-voicenote -n '__git_voicenote_at review' -l reply -d 'Answer by voice: mails by mails, commits by separate notes.'
complete -c git-voicenote -n '__git_voicenote_at review' -l patch -d 'Answer patch N, 0 for the cover.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at review' -l at -d 'Answer this part of the patch.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at review' -l from -d 'Take this sound, not the microphone.' -x -a '(__git_voicenote_sounds)'
complete -c git-voicenote -n '__git_voicenote_at review' -s o -l output-directory -d 'The folder for the mails.' -x -a '(__git_voicenote_folders)'
complete -c git-voicenote -n '__git_voicenote_at review' -l note -d 'Keep answers to mails as notes of their commits.'
complete -c git-voicenote -n '__git_voicenote_at review' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at review' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at play' -l cover -d 'Play the cover of a branch\'s series.'
complete -c git-voicenote -n '__git_voicenote_at play' -l at -l start -d 'Begin so far into the (first) recording: 7 (seconds), 0:07, 1:02:03.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at play' -l doubt -d 'Begin a moment before the N-th word that the engine was not sure of.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at play' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at play' -a '(__git_voicenote_explained)'

complete -c git-voicenote -n '__git_voicenote_at dictate' -l from -d 'Take a sound file, standard input or an earlier recording, not the microphone.' -x -a '(__git_voicenote_sounds)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l device -d 'The microphone: a name, a part of one, or a number.' -x -a '(__git_voicenote_devices)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l silence -d 'Stop after SECONDS without speech.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l max-duration -d 'Stop after SECONDS.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l language -d 'The language that is spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l editor -d 'The editor to open (default: the setting `editor`, then git\'s).' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l message -l prose -d 'Write a commit\'s message by the repository\'s rules for those, or plain prose.'
complete -c git-voicenote -n '__git_voicenote_at dictate' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at dictate' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at transcribe' -l format -d 'text: words; json: everything; srt, vtt: subtitles; tsv, csv: rows (default: text).' -x -a 'text json srt vtt tsv csv'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l json -d 'The same as --format json.'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -s o -l output -d 'Write a file for each result to FOLDER, and print their names.' -x -a '(__git_voicenote_folders)'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l again -d 'Replace results that are in FOLDER already.'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l language -d 'The language that is spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l vocabulary -l no-vocabulary -d 'Pass the terms of the repository to the engine (default: voicenote.vocabulary).'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at serve' -l host -d 'The address to listen on.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l port -d 'The port; 0 is any that is free.' -x -a '(__git_voicenote_ranges)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l socket -d 'Listen on a unix socket instead.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l token-file -d 'Read the token from FILE, readable by you alone.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l tls-cert -d 'The certificate, for https.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l tls-key -d 'The certificate\'s key.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at serve' -l language -d 'The language of requests that name none: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l vocabulary -l no-vocabulary -d 'Pass the repository\'s terms to the engine (default: voicenote.vocabulary).'
complete -c git-voicenote -n '__git_voicenote_at serve' -l open -d 'Open the link in a browser.'
complete -c git-voicenote -n '__git_voicenote_at serve' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at history' -a list -d 'List recordings, the newest first.'
complete -c git-voicenote -n '__git_voicenote_at history' -a search -d 'List the recordings in whose title, text or notes all these words occur, with the passage.'
complete -c git-voicenote -n '__git_voicenote_at history' -a show -d 'Show all that is known of a recording.'
complete -c git-voicenote -n '__git_voicenote_at history' -a export -d 'Print the transcripts of recordings (default: of all, the oldest first).'
complete -c git-voicenote -n '__git_voicenote_at history' -a delete -d 'Delete recordings: their sound, and what the history knows. Notes in git stay.'
complete -c git-voicenote -n '__git_voicenote_at history' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at history list' -s n -l max-count -d 'Show at most this number.' -x -a '(__git_voicenote_ranges)'
complete -c git-voicenote -n '__git_voicenote_at history list' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at history list' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at history search' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at history search' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at history search' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at history show' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at history show' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at history show' -a '(__git_voicenote_recordings)'

complete -c git-voicenote -n '__git_voicenote_at history export' -l format -d 'text: words; json: everything; srt, vtt: subtitles; tsv, csv: rows.' -x -a 'text json srt vtt tsv csv'
complete -c git-voicenote -n '__git_voicenote_at history export' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at history export' -a '(__git_voicenote_recordings)'

complete -c git-voicenote -n '__git_voicenote_at history delete' -l since -d 'Only those made on DATE or later.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at history delete' -l before -d 'Only those made before DATE.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at history delete' -l older-than -d 'Only those older than AGE: 12h, 30d, 2w, 1y.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at history delete' -l all -d 'All recordings.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -s n -l dry-run -d 'Only list what would be deleted.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -s y -l yes -d 'Do not ask.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -a '(__git_voicenote_recordings)'

complete -c git-voicenote -n '__git_voicenote_at sync' -a fetch -d 'Fetch notes and covers, and merge them with those that are here.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a push -d 'Push notes and covers, fast-forward only; exit 1 if you have to fetch first.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a status -d 'Say what each side has that the other lacks; exit 1 unless they are in step.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a bundle -d 'Write one file with commits, notes and covers, for a machine without a network.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a unbundle -d 'Take in what `sync bundle` wrote, once all of it has been checked.'
complete -c git-voicenote -n '__git_voicenote_at sync' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at sync fetch' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at sync fetch' -a '(__git_voicenote_remotes)'

complete -c git-voicenote -n '__git_voicenote_at sync push' -l all -d 'Push the notes of all commits, all covers.'
complete -c git-voicenote -n '__git_voicenote_at sync push' -s n -l dry-run -d 'List what would be pushed; push nothing.'
complete -c git-voicenote -n '__git_voicenote_at sync push' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at sync push' -a '(__git_voicenote_arguments remotes branches)'

complete -c git-voicenote -n '__git_voicenote_at sync status' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at sync status' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at sync status' -a '(__git_voicenote_remotes)'

complete -c git-voicenote -n '__git_voicenote_at sync bundle' -l audio -d 'Put the recordings of the notes in, as well.'
complete -c git-voicenote -n '__git_voicenote_at sync bundle' -l force -d 'Replace FILE, if it is there.'
complete -c git-voicenote -n '__git_voicenote_at sync bundle' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at sync bundle' -a '(__git_voicenote_arguments files ranges)'

complete -c git-voicenote -n '__git_voicenote_at sync unbundle' -l name -d 'Call what came by this name, not by that of the file.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at sync unbundle' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at sync unbundle' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at hook' -a install -d 'Install hooks next to existing ones (default: prepare-commit-msg).'
complete -c git-voicenote -n '__git_voicenote_at hook' -a uninstall -d 'Remove hooks, and nothing else (default: prepare-commit-msg).'
complete -c git-voicenote -n '__git_voicenote_at hook' -a status -d 'Print whether hooks are installed, where, and what they run (default: all).'
complete -c git-voicenote -n '__git_voicenote_at hook' -a run -d 'Do what a hook does; git calls this.'
complete -c git-voicenote -n '__git_voicenote_at hook' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at hook install' -l am -d 'The same as post-applypatch.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -l force -d 'Replace a changed block; allow a shared folder.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -l manual -d 'Print what to add to which file; write nothing.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -l am -d 'The same as post-applypatch.'
complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -l force -d 'Remove the block even if it was changed.'
complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at hook status' -l am -d 'The same as post-applypatch.'
complete -c git-voicenote -n '__git_voicenote_at hook status' -l json -d 'Print a JSON object, or a list of several.'
complete -c git-voicenote -n '__git_voicenote_at hook status' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at hook status' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at hook run' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at hook run' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a list -d 'List the terms, the most relevant first; those with a > are passed to the engine.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a add -d 'Add a TERM to the list, and what is HEARD instead of it, if that is something else.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a remove -d 'Remove a TERM from the list, with everything that is heard for it.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a explain -d 'Show where a TERM was found, its weight, its spoken forms, and whether the engine has it.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at vocabulary list' -l for -d 'For this commit, not the staged change (or HEAD).' -x -a '(__git_voicenote_commits)'
complete -c git-voicenote -n '__git_voicenote_at vocabulary list' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary list' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at vocabulary add' -l personal -d 'Your own list, for all repositories, not the repository\'s.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary add' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary add' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at vocabulary remove' -l personal -d 'Your own list, for all repositories, not the repository\'s.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary remove' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary remove' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -l for -d 'For this commit, not the staged change (or HEAD).' -x -a '(__git_voicenote_commits)'
complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at text' -l pass -d 'Only this pass; may be given more than once.' -x -a 'fillers edits vocabulary itn identifiers'
complete -c git-voicenote -n '__git_voicenote_at text' -l explain -d 'Report each replacement and its source on stderr.'
complete -c git-voicenote -n '__git_voicenote_at text' -l language -d 'The language that was spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at text' -l list -d 'List the passes, in their order.'
complete -c git-voicenote -n '__git_voicenote_at text' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at devices' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at devices' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at models' -a list -d 'List the installed models, and the one that comes with the install.'
complete -c git-voicenote -n '__git_voicenote_at models' -a fetch -d 'Fetch a model of the nano engine from the network and install it.'
complete -c git-voicenote -n '__git_voicenote_at models' -a import -d 'Install a model from a folder or archive.'
complete -c git-voicenote -n '__git_voicenote_at models' -a verify -d 'Check the files of a model.'
complete -c git-voicenote -n '__git_voicenote_at models' -a path -d 'Print the folder of a model.'
complete -c git-voicenote -n '__git_voicenote_at models' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at models list' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at models list' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at models fetch' -l revision -d 'A commit, a tag or a branch, instead of the one that is known.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models fetch' -l name -d 'What to call it here.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models fetch' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at models fetch' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at models import' -l name -d 'Its name (default: that of the folder or archive).' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models import' -l language -d 'The language of a model of moonshine, such as ja.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models import' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at models import' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at models verify' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at models verify' -a '(__git_voicenote_models)'

complete -c git-voicenote -n '__git_voicenote_at models path' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at models path' -a '(__git_voicenote_models)'

complete -c git-voicenote -n '__git_voicenote_at status' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at status' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at status' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at doctor' -l no-microphone -d 'Do not listen to the microphone.'
complete -c git-voicenote -n '__git_voicenote_at doctor' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at doctor' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at settings' -a list -d 'List all settings: value, origin and meaning; exit 1 if a value is invalid.'
complete -c git-voicenote -n '__git_voicenote_at settings' -a get -d 'Print the value of a setting; exit 1 if it has none.'
complete -c git-voicenote -n '__git_voicenote_at settings' -a set -d 'Check a value and keep it, in this repository or with --global.'
complete -c git-voicenote -n '__git_voicenote_at settings' -a unset -d 'Remove a setting from this repository, or with --global from your configuration.'
complete -c git-voicenote -n '__git_voicenote_at settings' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at settings list' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at settings list' -s h -l help -d 'Show how it is used.'

complete -c git-voicenote -n '__git_voicenote_at settings get' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at settings get' -a '(__git_voicenote_settings)'

complete -c git-voicenote -n '__git_voicenote_at settings set' -l global -d 'In your configuration, for all repositories.'
complete -c git-voicenote -n '__git_voicenote_at settings set' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at settings set' -a '(__git_voicenote_arguments settings setting_values)'

complete -c git-voicenote -n '__git_voicenote_at settings unset' -l global -d 'In your configuration, for all repositories.'
complete -c git-voicenote -n '__git_voicenote_at settings unset' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at settings unset' -a '(__git_voicenote_settings)'

complete -c git-voicenote -n '__git_voicenote_at kit' -l nano -d 'Add the packages of the nano engine, torch among them.'
complete -c git-voicenote -n '__git_voicenote_at kit' -l model -d 'Add an installed model, by its name or folder; may be given again.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l python -d 'Take wheels for this Python, such as 3.12 (default: this one); may be given again.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l platform -d 'The platform (default: this one).' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l wheels -d 'Take the wheels from here, and not from the network.' -x -a '(__git_voicenote_folders)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l force -d 'Replace FILE, if it is there.'
complete -c git-voicenote -n '__git_voicenote_at kit' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at kit' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at completion' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at completion' -a 'bash zsh fish'

complete -c git-voicenote -n '__git_voicenote_at help' -l man-path -d 'Print the folder of the pages, for MANPATH.'
complete -c git-voicenote -n '__git_voicenote_at help' -s h -l help -d 'Show how it is used.'
complete -c git-voicenote -n '__git_voicenote_at help' -a 'record format-patch am show edit remove review play dictate transcribe serve history sync hook vocabulary text devices models status doctor settings kit completion help uninstall'

complete -c git-voicenote -n '__git_voicenote_at uninstall' -l hooks -d 'Remove hooks.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l notes -d 'Remove notes and covers, with what was said.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l recordings -d 'Remove recordings and history.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l learned -d 'Remove what was learned of this repository.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l models -d 'Remove models and caches.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l settings -d 'Remove settings and your vocabulary.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l all -d 'Remove all of these, and what is left.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -s n -l dry-run -d 'Only list what is there.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -s y -l yes -d 'Do not ask.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -s h -l help -d 'Show how it is used.'
