#compdef git-voicenote
#description explain a patch by speaking
#
# zsh completion for git voicenote: for `git voicenote`, through zsh's completion of git, and for
# git-voicenote. Put it into a folder of $fpath, under the name _git-voicenote.

__git_voicenote_data () {
  case $OSTYPE in
    (darwin*) print -r -- ${XDG_DATA_HOME:-$HOME/Library/Application Support}/git-voicenote ;;
    (*) print -r -- ${XDG_DATA_HOME:-$HOME/.local/share}/git-voicenote ;;
  esac
}

__git_voicenote_cache () {
  case $OSTYPE in
    (darwin*) print -r -- ${XDG_CACHE_HOME:-$HOME/Library/Caches}/git-voicenote ;;
    (*) print -r -- ${XDG_CACHE_HOME:-$HOME/.cache}/git-voicenote ;;
  esac
}

__git_voicenote_recordings () {
  local folder
  local -a recordings
  folder=$(command git rev-parse --path-format=absolute --git-common-dir 2>/dev/null) &&
    folder+=/voicenote || folder=$(__git_voicenote_data)
  recordings=($folder/recordings/*(N:t:r))
  _wanted recordings expl recording compadd -a recordings
}

__git_voicenote_sounds () {
  local ret=1
  __git_voicenote_recordings && ret=0
  _files && ret=0
  return ret
}

__git_voicenote_branches () {
  local -a branches
  branches=(${(f)"$(command git for-each-ref --format='%(refname:short)' refs/heads 2>/dev/null)"})
  _wanted branches expl branch compadd -a branches
}

__git_voicenote_commits () {
  local ret=1 line
  local -a refs commits
  refs=(HEAD ${(f)"$(command git for-each-ref --format='%(refname:short)' \
    refs/heads refs/tags refs/remotes 2>/dev/null)"})
  _wanted refs expl 'branch or tag' compadd -a refs && ret=0
  for line in ${(f)"$(command git log -50 --format='%h %s' 2>/dev/null)"}; do
    commits+=("${line%% *}:${line#* }")
  done
  _describe -t commits commit commits && ret=0
  return ret
}

__git_voicenote_explained () {
  local ret=1
  __git_voicenote_commits && ret=0
  __git_voicenote_recordings && ret=0
  return ret
}

__git_voicenote_ranges () {
  if compset -P '*..(|.)'; then
    __git_voicenote_commits
  else
    __git_voicenote_commits
    _files
  fi
}

__git_voicenote_remotes () {
  local -a remotes
  remotes=(${(f)"$(command git remote 2>/dev/null)"})
  _wanted remotes expl remote compadd -a remotes
}

__git_voicenote_files () { _files }
__git_voicenote_folders () { _files -/ }
__git_voicenote_any () { _message value }

__git_voicenote_models () {
  local -a models
  models=(tiny-en $(__git_voicenote_data)/models/*(N/:t))
  _wanted models expl model compadd -a models
}

# as `git voicenote devices` saw them last: to ask the sound system takes longer than a key press
__git_voicenote_devices () {
  local file=$(__git_voicenote_cache)/devices
  local -a devices
  [[ -r $file ]] && devices=(${(f)"$(<$file)"})
  _wanted devices expl microphone compadd -a devices
}

# a command with subcommands: its words, then `name:summary` of each subcommand
__git_voicenote_group () {
  local called=$1 ret=1 state line
  shift
  local -a listed=("$@")
  local curcontext=$curcontext
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[show how it is used]' $__git_voicenote_options \
    '1: :->command' '*:: :->arguments' && ret=0
  case $state in
    (command) _describe -t commands "git voicenote$called command" listed && ret=0 ;;
    (arguments)
      curcontext=${curcontext%:*:*}:git-voicenote${called// /-}-$words[1]:
      _call_function ret _git-voicenote${called// /-}-$words[1]
      ;;
  esac
  return ret
}
