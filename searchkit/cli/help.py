"""Help and usage errors of the command line in another language than English. Typer writes both in English only.

Loaded only for another language. Chinese has no spaces to break lines at, and characters of two columns: so lines are
wrapped here, and columns counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer

from searchkit.language.messages import Message, gettext, translated
from searchkit.presenters.width import columns, padded, wrapped

_HEADINGS = {
    "Options": Message("Options"), "Arguments": Message("Arguments"), "Commands": Message("Commands"),
    "Options of every command": Message("Options of every command"),
}  # fmt: skip
_EXTRAS = re.compile(r"\[(required|default: [^\]]*)\]$")


_Formatter: Any = typer.Context.formatter_class  # of the click that this Typer brings, or uses


class Formatter(_Formatter):  # type: ignore[misc]
    """Typer's formatter of help, in the language in use and for wide characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, gettext("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + gettext("{heading}:", heading=Message(heading)) + "\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs; one that begins with \\b keeps its lines."""
        blank = " " * self.current_indent
        paragraphs = []
        for paragraph in text.split("\n\n"):
            if paragraph.startswith("\b"):
                lines = paragraph.split("\n")[1:]
            else:
                lines = wrapped(_flowing(paragraph), self.width - self.current_indent)
            paragraphs.append("\n".join(blank + line for line in lines))
        self.write("\n\n".join(paragraphs) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of options or commands in two columns."""
        rows = list(rows)
        blank = " " * self.current_indent
        first = min(max((columns(name) for name, _ in rows), default=0), col_max) + col_spacing
        room = max(self.width - first - 2, 10)
        for name, told in rows:
            lines = wrapped(_EXTRAS.sub(_extra, translated(told)), room)
            if lines and columns(name) <= first - col_spacing:
                self.write(f"{blank}{padded(name, first)}{lines.pop(0)}\n")
            else:
                self.write(f"{blank}{name}\n")
            for line in lines:
                self.write(f"{blank}{' ' * first}{line}\n")


def _extra(found: re.Match[str]) -> str:
    """Return what Typer puts behind the help of a parameter."""
    _, colon, value = found[1].partition(": ")
    return f"[{gettext('required')}]" if not colon else f"[{gettext('default: {value}', value=value)}]"


def _flowing(paragraph: str) -> str:
    """Join the lines of a paragraph: with a space between words, with nothing beside a Chinese character."""
    text = ""
    for line in paragraph.split("\n"):
        line = line.strip()
        wide = text and line and (columns(text[-1]) == 2 or columns(line[0]) == 2)
        text += line if not text or wide else f" {line}"
    return text


def tell_in_language(command: Any) -> Any:
    """Translate the help of a command and of its parameters, and return it."""
    command.context_class = _Context
    if command.help:
        command.help = translated(command.help)
        # Typer would look for the end of a sentence at a space.
        command.short_help = re.split("(?<=。)|\n\n", command.help)[0].replace("\n", "").removesuffix("。")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _help_of(parameter.help)
    return command


_MANY = "; may be repeated."


def _help_of(told: str) -> str:
    """Return the help of a parameter; that of a field is put together from the field's own help, or its choices."""
    whole = translated(told)
    what, many, default = told.partition(_MANY)
    if not many or whole != told:
        return whole
    choices = re.fullmatch("([a-z]+(?:, [a-z]+)*) or ([a-z]+)", what)
    if choices:
        what = Message("{most} or {last}", most=tuple(choices[1].split(", ")), last=choices[2])
    return gettext("{what}; may be repeated.", what=what if choices else translated(what)) + default


class _Context(typer.Context):
    formatter_class = Formatter


_OF_TYPER = (
    Message("Show this message and exit."), Message("Install completion for the current shell."),
    Message("Show completion for the current shell, to copy it or customize the installation."),
)  # fmt: skip
"""Help of options that Typer adds, for the catalogues."""


def usage_message(told: str) -> str:
    """Return the message of a usage error of Typer as one that can be told in another language, if it is known."""
    for pattern, message in _ERRORS.items():
        if found := re.fullmatch(pattern, told, re.DOTALL):
            values = {
                name: usage_message(value) if name == "why" else value for name, value in found.groupdict().items()
            }
            return Message(message, **values)
    return told


_ERRORS = {
    r"No such option: (?P<option>\S+)": Message("No such option: {option}"),
    r"No such option: (?P<option>\S+) \(Possible options: (?P<others>.*)\)": Message(
        "No such option: {option} (Possible options: {others})"
    ),
    r"No such option: (?P<option>\S+) Did you mean (?P<other>.*)\?": Message(
        "No such option: {option} Did you mean {other}?"
    ),
    r"No such command (?P<name>'.*?')": Message("No such command {name}"),
    r"No such command (?P<name>'.*?')\. Did you mean (?P<other>.*)\?": Message(
        "No such command {name}. Did you mean {other}?"
    ),
    r"Missing argument (?P<name>'.*')": Message("Missing argument {name}"),
    r"Missing option (?P<name>'.*')": Message("Missing option {name}"),
    r"Missing command": Message("Missing command"),
    r"Invalid value for (?P<name>.*?): (?P<why>.*)": Message("Invalid value for {name}: {why}"),
    r"(?P<value>'.*') is not a valid (?:integer|int)(?: range)?": Message("{value} is not a valid integer"),
    r"(?P<value>'.*') is not a valid float(?: range)?": Message("{value} is not a valid float"),
    r"(?P<value>\S+) is not in the range (?P<range>.*)": Message("{value} is not in the range {range}"),
    r"Got unexpected extra argument(?:s|\(s\))? \((?P<names>.*)\)": Message(
        "Got unexpected extra argument(s) ({names})"
    ),
    r"Option (?P<option>'.*') requires an argument": Message("Option {option} requires an argument"),
    r"Option (?P<option>'.*') does not take a value": Message("Option {option} does not take a value"),
}
"""What Typer says, and the message for each. A form that a later Typer has anew stays English."""
