"""A configuration file in which everything is set that could reach into our plumbing."""

from __future__ import annotations

HOSTILE = """\
alias.voicenote=!false
alias.log=!false
alias.format-patch=!false
am.keepcr=true
am.threeWay=true
apply.ignoreWhitespace=change
apply.whitespace=fix
blame.date=relative
branch.autoSetupMerge=always
branch.sort=-committerdate
clean.requireForce=false
color.branch=always
color.diff=always
color.interactive=always
color.pager=true
color.status=always
color.ui=always
column.ui=always
commit.status=true
commit.verbose=true
core.abbrev=40
core.bigFileThreshold=1
core.compression=0
core.eol=crlf
core.excludesFile={home}/excludes
core.fsmonitor={home}/run-and-tell
core.hooksPath={home}/hooks
core.logAllRefUpdates=false
core.notesRef=refs/notes/elsewhere
core.pager={home}/run-and-tell
core.preloadIndex=false
core.quotePath=false
core.safecrlf=warn
core.splitIndex=true
core.untrackedCache=true
core.warnAmbiguousRefs=false
core.whitespace=tabwidth=1,tab-in-indent
diff.algorithm=patience
diff.autoRefreshIndex=false
diff.colorMoved=zebra
diff.context=0
diff.dirstat=lines,0
diff.external={home}/run-and-tell
diff.ignoreSubmodules=all
diff.indentHeuristic=false
diff.interHunkContext=50
diff.mnemonicPrefix=true
diff.noprefix=true
diff.orderFile={home}/order
diff.relative=true
diff.renameLimit=1
diff.renames=copies
diff.statGraphWidth=1
diff.submodule=log
diff.suppressBlankEmpty=true
diff.tool=nothing
diff.wordRegex=.
diff.wsErrorHighlight=all
fetch.fsckObjects=false
fetch.output=compact
fetch.parallel=8
fetch.prune=true
fetch.pruneTags=true
fetch.recurseSubmodules=true
fetch.showForcedUpdates=false
fetch.unpackLimit=1
fetch.writeCommitGraph=true
gc.auto=1
grep.lineNumber=true
i18n.commitEncoding=ISO-8859-1
i18n.logOutputEncoding=ISO-8859-1
format.pretty=%an
gpg.program={home}/run-and-tell
interactive.singleKey=true
log.abbrevCommit=true
log.date=relative
log.decorate=full
log.diffMerges=first-parent
log.excludeDecoration=*
log.follow=true
log.graphColors=red
log.showRoot=false
log.showSignature=true
mailinfo.scissors=true
maintenance.auto=true
merge.conflictStyle=diff3
notes.displayRef=refs/notes/*
notes.mergeStrategy=ours
notes.rewriteMode=ignore
pack.packSizeLimit=1m
pager.log={home}/run-and-tell
pager.show={home}/run-and-tell
protocol.version=0
pull.rebase=true
push.default=nothing
push.followTags=true
push.pushOption=ci.skip
push.recurseSubmodules=check
rebase.autoSquash=true
remote.origin.fetch=+refs/notes/*:refs/notes/*
remote.origin.fetch=+refs/voicenote/*:refs/voicenote/*
remote.origin.fetch=^refs/notes/voicenote
remote.origin.mirror=true
remote.origin.prune=true
remote.origin.pruneTags=true
remote.origin.push=+refs/heads/*:refs/heads/elsewhere/*
remote.origin.tagOpt=--tags
rerere.enabled=true
safe.bareRepository=explicit
safe.directory=
showBranch.default=all
status.branch=true
status.relativePaths=false
status.renames=copies
status.short=true
status.showStash=true
status.showUntrackedFiles=all
status.submoduleSummary=true
submodule.recurse=true
tag.sort=-taggerdate
transfer.fsckObjects=true
url.https://example.org/.pushInsteadOf=https://example.com/
url.https://example.org/.insteadOf=other:
user.useConfigOnly=true
versionsort.suffix=-rc
"""
"""One setting a line: `key=value`; {home} is the person's home."""

MAILED = (
    "core.bigFileThreshold=512m",
    "core.quotePath=true",
    "diff.algorithm=myers",
    "diff.indentHeuristic=true",
    "diff.interHunkContext=0",
    "diff.orderFile=/dev/null",
    "diff.renames=true",
    "diff.statGraphWidth=1000",
    "diff.suppressBlankEmpty=false",
    "i18n.logOutputEncoding=UTF-8",
)
"""Settings of the above that are meant for mails as well, as they are in quiet."""

HONOURED = {
    "format.from": ("Bob <bob@example.org>", b"\nFrom: Bob <bob@example.org>\n"),
    "format.headers": ("X-Team: core\n", b"\nX-Team: core\n"),
    "format.numbered": ("false", b"[RFC] feat: change 1\n"),
    "format.signature": ("of the person", b"\n-- \nof the person\n"),
    "format.signOff": ("true", b"\nSigned-off-by: Ada Lovelace <ada@example.org>\n"),
    "format.subjectPrefix": ("RFC", b"\nSubject: [RFC] feat: change 1\n"),
    "format.to": ("list@example.org", b"\nTo: list@example.org\n"),
}
"""What people set for `git format-patch`, which ours hands on, and what shows it in a mail."""
