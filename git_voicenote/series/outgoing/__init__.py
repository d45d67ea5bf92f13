"""A series of patches to send: the output of git format-patch, with the notes and the cover.

git format-patch runs once, with the user's arguments, and writes notes as usual. In its output,
each note is formatted for readers, the placeholders of the cover letter are replaced, and text that
would break a patch is indented. Then git reads all mails back.
"""
