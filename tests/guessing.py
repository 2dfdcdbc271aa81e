"""Whether one could be told from another by how long an answer takes."""


def guessed(one, other):
    """How often the best single threshold tells from a time which of two it was: 0.5 is by chance."""
    marks = sorted({*one[::7], *other[::7]})
    below = [(sum(t <= mark for t in one) / len(one), sum(t <= mark for t in other) / len(other)) for mark in marks]
    return 0.5 + max(abs(a - b) for a, b in below) / 2
