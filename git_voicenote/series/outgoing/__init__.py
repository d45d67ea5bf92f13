"""A series of patches on its way to the mail: git's own, with what was said in its place.

git format-patch runs once, as the person called it, and writes notes as it always does. In what it
wrote, each note takes the form that readers want, the placeholders of the cover letter give way
to its words, and text that would break a patch is set in. Then git reads it all back.
"""
