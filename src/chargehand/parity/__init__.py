"""Proof that cheap workers find what the strong model would: one sample, two fleets, and what they differ by.

    sample/   the changes: cut from the history of a repository, or golden findings of anybody's
    trial/    the same changes through each fleet, kept in a folder, within a cap
    score/    what was found of what is known, with intervals, and what that means
    readers/  a judge model and people, who do not know which fleet spoke
    shown/    the scores as a table, JSON and a page

Only the command line imports this folder. A review that plants defects for its workers (`probe_rate`) uses
`change/planting`, as the samples do.
"""
