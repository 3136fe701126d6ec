"""What a forge can do for us. It only talks: what should stand in a request is decided by others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from chargehand.core.change import CodePages
from chargehand.core.escaping import one_line
from chargehand.core.repeating import KEY_CHARS, repeats
from chargehand.forges.comment import Conclusion, Posted, Said, Standing, Wanted
from chargehand.forges.request import Request

_LONGEST_REASON = 300


class Lack(NamedTuple):
    """A sentence about a token that may too little, or too much; `is_needed` if nothing could be posted."""

    said: str
    is_needed: bool = True


class Forge(Protocol):
    """One pull or merge request at a forge.

    Every method speaks to the forge when it is called, and remembers nothing that another run may change.
    All may be called from several threads at once.
    Reading is repeated after a failure, a few times; an attempt ends after `Connection.timeout_s` of silence,
    or `longest_answer_s` in all, and everything together after `longest_run_s` (`forges/patience.py`).
    **Writing is sent once**: a server may do what it is told and answer 500 all the same, so the caller looks
    at what stands there before it sends again. A refusal because of a rate limit is none of these: nothing
    was done, so the request is sent again after the time that the forge names, if that is at most
    `Connection.longest_wait_s`.

    All of them raise `core.errors`:

    - `ForgeRefused` if the forge says no, so that asking again would not help: no permission, no such
      request, a rate limit that lasts too long. Its message says what was not done, why, and what to do.
    - `ForgeUnsure` if nobody knows whether it was done: no connection, a time limit, a 5xx.

    No error of the client library leaves the module, nor does a token.
    """

    @property
    def name(self) -> str:
        """What people call it, such as `GitHub`."""
        ...

    @property
    def pages(self) -> CodePages | None:
        """Where people read the code of the repository, by the job's own word; None if it does not say."""
        ...

    def suggestion_word(self, lines: int) -> str:
        """Return the word behind the backticks of a block whose code a click puts in place of `lines` lines.

        They are the comment's own, `start_line` to `end_line` of its place. GitHub: `suggestion`; GitLab,
        which counts from the comment's last line: `suggestion:-1+0` for two lines.
        """
        ...

    def request(self) -> Request:
        """Return how the request is now."""
        ...

    def standing(self) -> Standing:
        """Return all of our comments that stand in the request, and what others say to us, all pages of it.

        `Posted` are only those that the token's own user wrote, and that `marker_in` finds a marker in: the
        summary and the inline ones. `Said` are comments of anybody else, in the request's conversation or as
        an answer in a thread, in which `command_in` finds a command.
        """
        ...

    def labelled(self) -> tuple[Said, ...]:
        """Return what the request's labels say to us, each by who set it: `labels.said_by`."""
        ...

    def may_write(self, login: str) -> bool:
        """Tell whether somebody may push to the target's repository, by the forge's word alone."""
        ...

    def lacking(self, request: Request) -> Iterable[Lack]:
        """Yield what the token lacks, or has too much of, as far as the forge tells; that changes nothing."""
        ...

    def post_summary(self, body: str) -> None:
        """Write a comment into the conversation."""
        ...

    def post_inline(self, comments: Sequence[Wanted], head: str) -> tuple[Wanted, ...]:
        """Write inline comments on the commit `head`, and return those whose place the forge refuses.

        When this returns, each comment stands, or is among those that are returned. A refused place never
        costs another comment. A place with `is_whole_file` is about the file; a forge that has no such
        comments returns it.
        """
        ...

    def edit(self, posted: Posted, body: str) -> None:
        """Give our comment another text."""
        ...

    def fold(self, posted: Posted, body: str) -> None:
        """Give our comment another text, and fold it away as outdated: minimise it, resolve its thread.

        What of that the token may not do is left out; the text is written in any case.
        """
        ...

    def unfold(self, posted: Posted, body: str) -> None:
        """Give our comment another text, and show it again: the opposite of `fold`."""
        ...

    def delete(self, posted: Posted) -> None:
        """Delete our comment. That it is gone already is no error: another run may have deleted it."""
        ...

    def conclude(self, conclusion: Conclusion, head: str) -> None:
        """Set the check, or the status, of the commit `head`, in place of what we said of it before."""
        ...


class Connection(NamedTuple):
    """How a forge is spoken to: with which token, and how long is waited.

    `sleep` takes seconds. `timeout_s` is for silence, `longest_answer_s` for a whole answer,
    `longest_wait_s` for a rate limit, and `longest_run_s` for all that one run asks of the forge.
    """

    token: str
    sleep: Callable[[float], None]
    timeout_s: float = 15.0
    longest_answer_s: float = 30.0
    longest_wait_s: float = 90.0
    longest_run_s: float = 300.0

    def shown(self, words: str) -> str:
        """Return what of a forge's words may be shown, on one line."""
        shown = words.replace(self.token, "[token]") if len(self.token) >= KEY_CHARS else words
        if self.token and repeats(shown, self.token):
            return "(its message is withheld: it repeats a part of the token)"
        return one_line(shown)[:_LONGEST_REASON]


class ForgeKind(NamedTuple):
    """One row of the table of forges.

    `opened` returns the request that the CI job is about, by the job's variables; None if the job is not one
    of this forge's, or is about no request. `number` is the one that the user names, which counts before the
    event's. It raises InputError if the job is of this forge but something is missing, which it names.
    `token_variables` are the variables that may hold the token; the first that is set counts.
    """

    name: str
    token_variables: tuple[str, ...]
    opened: Callable[[Mapping[str, str], Connection, int | None], Forge | None]
