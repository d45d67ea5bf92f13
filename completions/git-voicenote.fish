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
complete -c git-voicenote -n '__git_voicenote_at ' -a format-patch -d 'Make patches that include the notes.'
complete -c git-voicenote -n '__git_voicenote_at ' -a am -d 'Apply mailed patches and keep their notes.'
complete -c git-voicenote -n '__git_voicenote_at ' -a show -d 'Show a commit\'s note, or the cover of a series.'
complete -c git-voicenote -n '__git_voicenote_at ' -a edit -d 'Edit a note in git\'s editor.'
complete -c git-voicenote -n '__git_voicenote_at ' -a remove -d 'Remove notes, or the cover of a series.'
complete -c git-voicenote -n '__git_voicenote_at ' -a review -d 'Read a series with its notes, or write it as a page.'
complete -c git-voicenote -n '__git_voicenote_at ' -a play -d 'Play the recording behind a note.'
complete -c git-voicenote -n '__git_voicenote_at ' -a dictate -d 'Print what you say, or put it into a file.'
complete -c git-voicenote -n '__git_voicenote_at ' -a transcribe -d 'Print the text of sound files.'
complete -c git-voicenote -n '__git_voicenote_at ' -a serve -d 'Serve OpenAI\'s speech API on this machine.'
complete -c git-voicenote -n '__git_voicenote_at ' -a history -d 'List, search, show, export and delete recordings.'
complete -c git-voicenote -n '__git_voicenote_at ' -a sync -d 'Exchange notes and covers, over a network or in a file.'
complete -c git-voicenote -n '__git_voicenote_at ' -a hook -d 'Install the hook that lets you dictate commit messages.'
complete -c git-voicenote -n '__git_voicenote_at ' -a vocabulary -d 'List, add and explain the terms to listen for.'
complete -c git-voicenote -n '__git_voicenote_at ' -a text -d 'Convert spoken text to written text, as a filter.'
complete -c git-voicenote -n '__git_voicenote_at ' -a devices -d 'List the microphones.'
complete -c git-voicenote -n '__git_voicenote_at ' -a models -d 'List, fetch, import and verify models.'
complete -c git-voicenote -n '__git_voicenote_at ' -a status -d 'Show missing notes, unfinished work, and unsent notes.'
complete -c git-voicenote -n '__git_voicenote_at ' -a doctor -d 'Check the installation.'
complete -c git-voicenote -n '__git_voicenote_at ' -a settings -d 'List, get, set and unset the settings.'
complete -c git-voicenote -n '__git_voicenote_at ' -a kit -d 'Write an installer for machines without a network.'
complete -c git-voicenote -n '__git_voicenote_at ' -a completion -d 'Print a completion script for a shell.'
complete -c git-voicenote -n '__git_voicenote_at ' -a help -d 'Show the manual, or the page of a command.'
complete -c git-voicenote -n '__git_voicenote_at ' -a uninstall -d 'Remove the data of git-voicenote.'
complete -c git-voicenote -n '__git_voicenote_at ' -s v -l verbose -d 'Trace each step.'
complete -c git-voicenote -n '__git_voicenote_at ' -l version -d 'Show the version.'
complete -c git-voicenote -n '__git_voicenote_at ' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at record' -l cover -d 'Explain the branch\'s series as a whole.'
complete -c git-voicenote -n '__git_voicenote_at record' -l walk -d 'Step through the diff; what you say is attached to the hunk on the screen.'
complete -c git-voicenote -n '__git_voicenote_at record' -l from -d 'Take a sound file, standard input or an earlier recording, not the microphone.' -x -a '(__git_voicenote_sounds)'
complete -c git-voicenote -n '__git_voicenote_at record' -l device -d 'The microphone: a name, a part of one, or a number.' -x -a '(__git_voicenote_devices)'
complete -c git-voicenote -n '__git_voicenote_at record' -l browser -d 'Use the microphone of a browser, here or on another machine.'
complete -c git-voicenote -n '__git_voicenote_at record' -l silence -d 'Stop after SECONDS without speech.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at record' -l max-duration -d 'Stop after SECONDS.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at record' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at record' -l language -d 'The language that is spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at record' -l edit -l no-edit -d 'Open the text in the editor first.'
complete -c git-voicenote -n '__git_voicenote_at record' -l replace -d 'Replace the existing note.'
complete -c git-voicenote -n '__git_voicenote_at record' -l append -d 'Add to the existing note.'
complete -c git-voicenote -n '__git_voicenote_at record' -l keep-both -d 'Keep the existing note beside the new one.'
complete -c git-voicenote -n '__git_voicenote_at record' -l explain -d 'Report which words were changed, and why.'
complete -c git-voicenote -n '__git_voicenote_at record' -l json -d 'Print the note as one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at record' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at record' -a '(__git_voicenote_commits)'

complete -c git-voicenote -n '__git_voicenote_at format-patch' -l record -d 'First record the missing notes and the cover.'
complete -c git-voicenote -n '__git_voicenote_at format-patch' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at am' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at show' -l cover -d 'Show the cover of a branch\'s series (default: HEAD\'s).'
complete -c git-voicenote -n '__git_voicenote_at show' -l format -d 'text: as git shows notes; json: everything; markdown: a pull request\'s description; html: a page without scripts.' -x -a 'text json markdown html'
complete -c git-voicenote -n '__git_voicenote_at show' -l json -d 'The same as --format json.'
complete -c git-voicenote -n '__git_voicenote_at show' -l adopt -d 'Keep notes found by their patch, or adopt the cover of a deleted branch.'
complete -c git-voicenote -n '__git_voicenote_at show' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at show' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at edit' -l cover -d 'Edit the cover of a branch\'s series (default: HEAD\'s).'
complete -c git-voicenote -n '__git_voicenote_at edit' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at edit' -a '(__git_voicenote_commits)'

complete -c git-voicenote -n '__git_voicenote_at remove' -l cover -d 'Remove the cover of a branch\'s series (default: HEAD\'s).'
complete -c git-voicenote -n '__git_voicenote_at remove' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at remove' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at review' -l html -d 'Write a page for a browser (- prints it).' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at review' -l audio -d 'Embed the recordings on this machine in the page.'
complete -c git-voicenote -n '__git_voicenote_at review' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at review' -l all -d 'Show all at once, without stopping at each patch.'
complete -c git-voicenote -n '__git_voicenote_at review' -l color -d 'Colour the diffs; auto asks git\'s color.diff.' -x -a 'auto always never'
complete -c git-voicenote -n '__git_voicenote_at review' -l mboxrd -d 'Lines `>From ` in the mbox were written `From `.'
complete -c git-voicenote -n '__git_voicenote_at review' -l scissors -l no-scissors -d 'Ignore everything above a line `-- >8 --` (default: mailinfo.scissors).'
complete -c git-voicenote -n '__git_voicenote_at review' -l reply -d 'Answer by voice: mails with mails, commits with separate notes.'
complete -c git-voicenote -n '__git_voicenote_at review' -l patch -d 'Answer patch N, 0 for the cover.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at review' -l at -d 'Answer this part of the patch.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at review' -l from -d 'Use this sound instead of the microphone.' -x -a '(__git_voicenote_sounds)'
complete -c git-voicenote -n '__git_voicenote_at review' -s o -l output-directory -d 'The folder for the mails.' -x -a '(__git_voicenote_folders)'
complete -c git-voicenote -n '__git_voicenote_at review' -l note -d 'Save answers to mails as notes on their commits.'
complete -c git-voicenote -n '__git_voicenote_at review' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at review' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at play' -l cover -d 'Play the cover of a branch\'s series.'
complete -c git-voicenote -n '__git_voicenote_at play' -l at -l start -d 'Start at this time in the (first) recording: 7 (seconds), 0:07, 1:02:03.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at play' -l doubt -d 'Start shortly before the N-th word that the engine was unsure of.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at play' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at play' -a '(__git_voicenote_explained)'

complete -c git-voicenote -n '__git_voicenote_at dictate' -l from -d 'Take a sound file, standard input or an earlier recording, not the microphone.' -x -a '(__git_voicenote_sounds)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l device -d 'The microphone: a name, a part of one, or a number.' -x -a '(__git_voicenote_devices)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l silence -d 'Stop after SECONDS without speech.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l max-duration -d 'Stop after SECONDS.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l language -d 'The language that is spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l editor -d 'The editor to open (default: the setting `editor`, then git\'s).' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at dictate' -l message -l prose -d 'Compose a commit message by the repository\'s rules, or write plain prose.'
complete -c git-voicenote -n '__git_voicenote_at dictate' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at dictate' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at transcribe' -l format -d 'text: words; json: everything; srt, vtt: subtitles; tsv, csv: rows (default: text).' -x -a 'text json srt vtt tsv csv'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l json -d 'The same as --format json.'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -s o -l output -d 'Write a file for each result to FOLDER, and print their names.' -x -a '(__git_voicenote_folders)'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l again -d 'Replace existing results in FOLDER.'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l language -d 'The language that is spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -l vocabulary -l no-vocabulary -d 'Pass the terms of the repository to the engine (default: voicenote.vocabulary).'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at transcribe' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at serve' -l host -d 'The address to listen on.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l port -d 'The port; 0 means any free port.' -x -a '(__git_voicenote_ranges)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l socket -d 'Listen on a unix socket instead.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l token-file -d 'Read the token from FILE, which only you may be able to read.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l tls-cert -d 'The certificate, for https.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l tls-key -d 'The certificate\'s key.' -x -a '(__git_voicenote_files)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l engine -d 'The speech engine.' -x -a 'auto nano moonshine remote'
complete -c git-voicenote -n '__git_voicenote_at serve' -l language -d 'The default language of requests: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at serve' -l vocabulary -l no-vocabulary -d 'Pass the repository\'s terms to the engine (default: voicenote.vocabulary).'
complete -c git-voicenote -n '__git_voicenote_at serve' -l open -d 'Open the link in a browser.'
complete -c git-voicenote -n '__git_voicenote_at serve' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at history' -a list -d 'List recordings, the newest first.'
complete -c git-voicenote -n '__git_voicenote_at history' -a search -d 'List the recordings in whose title, text or notes all these words occur, with the passage.'
complete -c git-voicenote -n '__git_voicenote_at history' -a show -d 'Show the details of a recording.'
complete -c git-voicenote -n '__git_voicenote_at history' -a export -d 'Print the transcripts of recordings (default: of all, the oldest first).'
complete -c git-voicenote -n '__git_voicenote_at history' -a delete -d 'Delete recordings: their sound and their entries in the history. Notes in git are kept.'
complete -c git-voicenote -n '__git_voicenote_at history' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at history list' -s n -l max-count -d 'Show at most this number.' -x -a '(__git_voicenote_ranges)'
complete -c git-voicenote -n '__git_voicenote_at history list' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at history list' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at history search' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at history search' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at history search' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at history show' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at history show' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at history show' -a '(__git_voicenote_recordings)'

complete -c git-voicenote -n '__git_voicenote_at history export' -l format -d 'text: words; json: everything; srt, vtt: subtitles; tsv, csv: rows.' -x -a 'text json srt vtt tsv csv'
complete -c git-voicenote -n '__git_voicenote_at history export' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at history export' -a '(__git_voicenote_recordings)'

complete -c git-voicenote -n '__git_voicenote_at history delete' -l since -d 'Only those made on DATE or later.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at history delete' -l before -d 'Only those made before DATE.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at history delete' -l older-than -d 'Only those older than AGE: 12h, 30d, 2w, 1y.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at history delete' -l all -d 'All recordings.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -s n -l dry-run -d 'Only list what would be deleted.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -s y -l yes -d 'Do not ask.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at history delete' -a '(__git_voicenote_recordings)'

complete -c git-voicenote -n '__git_voicenote_at sync' -a fetch -d 'Fetch notes and covers, and merge them with those that are here.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a push -d 'Push notes and covers, fast-forward only; exit 1 if you have to fetch first.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a status -d 'Show what each side has that the other lacks; exit 1 unless they are in sync.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a bundle -d 'Write one file with commits, notes and covers, for a machine without a network.'
complete -c git-voicenote -n '__git_voicenote_at sync' -a unbundle -d 'Check a file from `sync bundle` and import it.'
complete -c git-voicenote -n '__git_voicenote_at sync' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at sync fetch' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at sync fetch' -a '(__git_voicenote_remotes)'

complete -c git-voicenote -n '__git_voicenote_at sync push' -l all -d 'Push the notes of all commits, all covers.'
complete -c git-voicenote -n '__git_voicenote_at sync push' -s n -l dry-run -d 'Only list what would be pushed.'
complete -c git-voicenote -n '__git_voicenote_at sync push' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at sync push' -a '(__git_voicenote_arguments remotes branches)'

complete -c git-voicenote -n '__git_voicenote_at sync status' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at sync status' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at sync status' -a '(__git_voicenote_remotes)'

complete -c git-voicenote -n '__git_voicenote_at sync bundle' -l audio -d 'Also include the recordings of the notes.'
complete -c git-voicenote -n '__git_voicenote_at sync bundle' -l force -d 'Replace FILE if it exists.'
complete -c git-voicenote -n '__git_voicenote_at sync bundle' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at sync bundle' -a '(__git_voicenote_arguments files ranges)'

complete -c git-voicenote -n '__git_voicenote_at sync unbundle' -l name -d 'Use this NAME instead of that of the file.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at sync unbundle' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at sync unbundle' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at hook' -a install -d 'Install hooks next to existing ones (default: prepare-commit-msg).'
complete -c git-voicenote -n '__git_voicenote_at hook' -a uninstall -d 'Remove hooks, and nothing else (default: prepare-commit-msg).'
complete -c git-voicenote -n '__git_voicenote_at hook' -a status -d 'Print whether hooks are installed, where, and what they run (default: all).'
complete -c git-voicenote -n '__git_voicenote_at hook' -a run -d 'Run a hook; git calls this.'
complete -c git-voicenote -n '__git_voicenote_at hook' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at hook install' -l am -d 'The same as post-applypatch.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -l force -d 'Replace a changed block; allow a shared folder.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -l manual -d 'Print what to add to which file; write nothing.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at hook install' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -l am -d 'The same as post-applypatch.'
complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -l force -d 'Remove the block even if it was changed.'
complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at hook uninstall' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at hook status' -l am -d 'The same as post-applypatch.'
complete -c git-voicenote -n '__git_voicenote_at hook status' -l json -d 'Print a JSON object, or a list of several.'
complete -c git-voicenote -n '__git_voicenote_at hook status' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at hook status' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at hook run' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at hook run' -a 'prepare-commit-msg post-applypatch'

complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a list -d 'List the terms, most relevant first; those marked > are passed to the engine.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a add -d 'Add a TERM to the list, with the text that is HEARD in its place, if any.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a remove -d 'Remove a TERM from the list, with all its misheard forms.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -a explain -d 'Show where a TERM was found, its weight, its spoken forms, and whether the engine gets it.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at vocabulary list' -l for -d 'For this commit, instead of the staged change (or HEAD).' -x -a '(__git_voicenote_commits)'
complete -c git-voicenote -n '__git_voicenote_at vocabulary list' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary list' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at vocabulary add' -l personal -d 'Use your own list, for all repositories, instead of the repository\'s.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary add' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary add' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at vocabulary remove' -l personal -d 'Use your own list, for all repositories, instead of the repository\'s.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary remove' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary remove' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -l for -d 'For this commit, instead of the staged change (or HEAD).' -x -a '(__git_voicenote_commits)'
complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at vocabulary explain' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at text' -l pass -d 'Run only this pass; can be repeated.' -x -a 'fillers edits vocabulary itn identifiers'
complete -c git-voicenote -n '__git_voicenote_at text' -l explain -d 'Report each replacement and its source on stderr.'
complete -c git-voicenote -n '__git_voicenote_at text' -l language -d 'The language that was spoken: en, zh, ...' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at text' -l list -d 'List the passes in order.'
complete -c git-voicenote -n '__git_voicenote_at text' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at devices' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at devices' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at models' -a list -d 'List the installed models, including the one that comes with the installation.'
complete -c git-voicenote -n '__git_voicenote_at models' -a fetch -d 'Fetch a model of the nano engine from the network and install it.'
complete -c git-voicenote -n '__git_voicenote_at models' -a import -d 'Install a model from a folder or archive.'
complete -c git-voicenote -n '__git_voicenote_at models' -a verify -d 'Check the files of a model.'
complete -c git-voicenote -n '__git_voicenote_at models' -a path -d 'Print the folder of a model.'
complete -c git-voicenote -n '__git_voicenote_at models' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at models list' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at models list' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at models fetch' -l revision -d 'A commit, tag or branch, instead of the known revision.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models fetch' -l name -d 'The name to install it under.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models fetch' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at models fetch' -a '(__git_voicenote_any)'

complete -c git-voicenote -n '__git_voicenote_at models import' -l name -d 'Its name (default: that of the folder or archive).' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models import' -l language -d 'The language of a moonshine model, such as ja.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at models import' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at models import' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at models verify' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at models verify' -a '(__git_voicenote_models)'

complete -c git-voicenote -n '__git_voicenote_at models path' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at models path' -a '(__git_voicenote_models)'

complete -c git-voicenote -n '__git_voicenote_at status' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at status' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at status' -a '(__git_voicenote_ranges)'

complete -c git-voicenote -n '__git_voicenote_at doctor' -l no-microphone -d 'Do not listen to the microphone.'
complete -c git-voicenote -n '__git_voicenote_at doctor' -l json -d 'Print one JSON object.'
complete -c git-voicenote -n '__git_voicenote_at doctor' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at settings' -a list -d 'List all settings: value, origin and meaning; exit 1 if a value is invalid.'
complete -c git-voicenote -n '__git_voicenote_at settings' -a get -d 'Print the value of a setting; exit 1 if it has none.'
complete -c git-voicenote -n '__git_voicenote_at settings' -a set -d 'Check a value and set it, in this repository or with --global.'
complete -c git-voicenote -n '__git_voicenote_at settings' -a unset -d 'Remove a setting from this repository, or with --global from your configuration.'
complete -c git-voicenote -n '__git_voicenote_at settings' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at settings list' -l json -d 'Print JSON.'
complete -c git-voicenote -n '__git_voicenote_at settings list' -s h -l help -d 'Show the usage.'

complete -c git-voicenote -n '__git_voicenote_at settings get' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at settings get' -a '(__git_voicenote_settings)'

complete -c git-voicenote -n '__git_voicenote_at settings set' -l global -d 'In your configuration, for all repositories.'
complete -c git-voicenote -n '__git_voicenote_at settings set' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at settings set' -a '(__git_voicenote_arguments settings setting_values)'

complete -c git-voicenote -n '__git_voicenote_at settings unset' -l global -d 'In your configuration, for all repositories.'
complete -c git-voicenote -n '__git_voicenote_at settings unset' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at settings unset' -a '(__git_voicenote_settings)'

complete -c git-voicenote -n '__git_voicenote_at kit' -l nano -d 'Add the packages of the nano engine, including torch.'
complete -c git-voicenote -n '__git_voicenote_at kit' -l model -d 'Add an installed model, by its name or folder; can be repeated.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l python -d 'Include wheels for this Python, such as 3.12 (default: the one in use); can be repeated.' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l platform -d 'The platform (default: this one).' -x -a '(__git_voicenote_any)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l wheels -d 'Take the wheels from this folder, not from the network.' -x -a '(__git_voicenote_folders)'
complete -c git-voicenote -n '__git_voicenote_at kit' -l force -d 'Replace FILE if it exists.'
complete -c git-voicenote -n '__git_voicenote_at kit' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at kit' -a '(__git_voicenote_files)'

complete -c git-voicenote -n '__git_voicenote_at completion' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at completion' -a 'bash zsh fish'

complete -c git-voicenote -n '__git_voicenote_at help' -l man-path -d 'Print the folder of the pages, for MANPATH.'
complete -c git-voicenote -n '__git_voicenote_at help' -s h -l help -d 'Show the usage.'
complete -c git-voicenote -n '__git_voicenote_at help' -a 'record format-patch am show edit remove review play dictate transcribe serve history sync hook vocabulary text devices models status doctor settings kit completion help uninstall'

complete -c git-voicenote -n '__git_voicenote_at uninstall' -l hooks -d 'Remove hooks.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l notes -d 'Remove notes and covers, with their text.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l recordings -d 'Remove recordings and history.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l learned -d 'Remove data learned from this repository.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l models -d 'Remove models and caches.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l settings -d 'Remove settings and your vocabulary.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -l all -d 'Remove all of these, and everything else.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -s n -l dry-run -d 'Only list the data.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -s y -l yes -d 'Do not ask.'
complete -c git-voicenote -n '__git_voicenote_at uninstall' -s h -l help -d 'Show the usage.'
