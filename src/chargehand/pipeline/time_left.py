"""How long the tasks that are left may take, by how long those that ended took."""

# Less than this is no news.
_LEAST_S = 10.0
_MINUTE_S, _HOUR_S = 60, 3_600


def time_left(elapsed_s: float, done: int, total: int, threads: int) -> str:
    """Return in words when `total` tasks may have ended, if `done` did in `elapsed_s`; empty if that is near.

    Of those under way, at most `threads`, one has just begun, and the others are taken to be half done; else
    the first answers would promise that the rest takes as many times as long as there are threads.
    """
    under_way = min(threads, total - done)
    if done == 0 or under_way == 0:
        return ""
    half_done = (under_way - 1) / 2
    left_s = elapsed_s / (done + half_done) * (total - done - half_done)
    return f"about {_in_words(left_s)} left" if left_s >= _LEAST_S else ""


def _in_words(seconds: float) -> str:
    if seconds < 1.5 * _MINUTE_S:
        return f"{round(seconds, -1):.0f} s"
    if seconds < 1.5 * _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"
