"""In which order calls are told, whatever the order in which threads made them."""

from chargehand.core.usage import Role


def task_order(role: Role, task: str) -> tuple[int, str, int]:
    """Sort key: roles as in a run, then tasks by name and number (`security-2` before `security-10`)."""
    name, _, number = task.rpartition("-")
    known = (name, int(number)) if number.isdecimal() else (task, 0)
    return (list(Role).index(role), *known)
