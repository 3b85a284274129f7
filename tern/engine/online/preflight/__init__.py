"""What must hold before a table is touched, and some of it again before its names are swapped.

A check is a function from what was seen of the target to what is wrong there; it asks the server
nothing itself. All checks of a moment run and all their failures are told at once, because nobody
wants to mend a target one refusal at a time (section 14).
"""
