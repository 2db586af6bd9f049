"""Talking with the caller by keypad: menus, digits, the language, a survey."""

from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.flows.saying import pieces
from pasokh.flows.walk import MOST_VALUE, Walk
from pasokh.kernel.time import SECOND

YES, AGAIN = "1", "2"


# -- asking, common to all ---------------------------------------------------------------------------------------------
def _ask(walk: Walk, said: tuple[p.Piece, ...], stage: str = "asking") -> None:
    walk.change(typed="")
    walk.say(said, stage)


def listen(walk: Walk, seconds: int) -> None:
    """Wait for keys so long."""
    walk.hush()
    walk.change(wake=walk.now + seconds * SECOND)


def _once_more(walk: Walk, tries: int, otherwise: str, said: tuple[p.Piece, ...]) -> None:
    """Ask again, or give up after so many tries."""
    walk.change(tries=walk.at.tries + 1)
    if walk.at.tries >= tries:
        walk.go(otherwise)
    else:
        _ask(walk, said)


def _typed_ahead(walk: Walk) -> str:
    """The keys pressed before the question, which are its answer."""
    keys = walk.at.typed
    walk.change(typed="")
    return keys


# -- menu ----------------------------------------------------------------------------------------------------------
def enter_menu(walk: Walk, node: n.Menu) -> None:
    """Asks, unless the answer was typed ahead."""
    keys = _typed_ahead(walk)
    if keys:
        walk.change(stage="asking")
        menu_digit(walk, node, keys[0], keys[1:])
    else:
        _ask(walk, walk.words(node.say))


def menu_digit(walk: Walk, node: n.Menu, key: str, rest: str = "") -> None:
    """A choice, or a wrong key."""
    chosen = node.choices.get(key)
    if chosen is None:
        _once_more(walk, node.tries, node.otherwise, walk.words(node.wrong, "wrong") + walk.words(node.say))
        return
    walk.go(chosen)
    walk.change(typed=rest)


def menu_silent(walk: Walk, node: n.Menu) -> None:
    """Nobody pressed a key."""
    _once_more(walk, node.tries, node.otherwise, walk.words(node.silence, "silence") + walk.words(node.say))


# -- digits --------------------------------------------------------------------------------------------------------
def enter_collect(walk: Walk, node: n.Collect) -> None:
    """Asks for the digits, unless they were typed ahead."""
    keys = _typed_ahead(walk)
    if not keys:
        _ask(walk, walk.words(node.say))
        return
    walk.change(stage="asking")
    for place, key in enumerate(keys, 1):
        collect_digit(walk, node, key)
        if walk.next is not None:
            walk.change(typed=keys[place:])
        if walk.next is not None or walk.at.playing or walk.at.ended:
            return


def collect_digit(walk: Walk, node: n.Collect, key: str) -> None:
    """One more digit, the end of them, or the answer to "is this right?"."""
    if walk.at.stage == "confirming":
        if key == YES:
            _collected(walk, node)
        elif key == AGAIN:
            _collect_again(walk, node, walk.words(node.say))
        else:
            _confirm(walk, node, counts=True)
        return
    if node.terminator and key == node.terminator:
        _collect_end(walk, node)
        return
    if not key.isdigit():
        _collect_again(walk, node, walk.words(node.wrong, "wrong") + walk.words(node.say))
        return
    walk.change(typed=walk.at.typed + key)
    listen(walk, node.between_s)
    if len(walk.at.typed) >= node.most:
        _collect_end(walk, node)


def collect_silent(walk: Walk, node: n.Collect) -> None:
    """No further key came."""
    if walk.at.stage == "confirming":
        _confirm(walk, node, counts=True)
    elif walk.at.typed:
        _collect_end(walk, node)
    else:
        _collect_again(walk, node, walk.words(node.silence, "silence") + walk.words(node.say))


def _collect_end(walk: Walk, node: n.Collect) -> None:
    if not node.least <= len(walk.at.typed) <= node.most:
        _collect_again(walk, node, walk.words(node.wrong, "wrong") + walk.words(node.say))
    elif node.confirm:
        _confirm(walk, node)
    else:
        _collected(walk, node)


def _confirm(walk: Walk, node: n.Collect, *, counts: bool = False) -> None:
    if counts:
        walk.change(tries=walk.at.tries + 1)
    if walk.at.tries >= node.tries:
        walk.go(node.otherwise)
    else:
        walk.say(walk.words(None, "confirm", value=walk.at.typed), "confirming")


def _collect_again(walk: Walk, node: n.Collect, said: tuple[p.Piece, ...]) -> None:
    _once_more(walk, node.tries, node.otherwise, said)


def _collected(walk: Walk, node: n.Collect) -> None:
    walk.note(node.into, walk.at.typed[:MOST_VALUE])
    walk.change(typed="")
    walk.go(node.then)


# -- language ------------------------------------------------------------------------------------------------------
def enter_ask_language(walk: Walk, node: n.AskLanguage) -> None:
    """Goes on in the remembered language, else asks in every one of them."""
    keys = _typed_ahead(walk)
    if node.remembered and walk.facts.language in node.choices.values():
        speak(walk, walk.facts.language, remember=False)
        walk.go(node.then)
        walk.change(typed=keys)
    elif keys and keys[0] in node.choices:
        language_digit(walk, node, keys[0])
        walk.change(typed=keys[1:])
    else:
        _ask_language(walk, node)


def language_digit(walk: Walk, node: n.AskLanguage, key: str) -> None:
    """A language, or a wrong key."""
    language = node.choices.get(key)
    if language is None:
        language_silent(walk, node)
    else:
        speak(walk, language, remember=node.remembered)
        walk.go(node.then)


def language_silent(walk: Walk, node: n.AskLanguage) -> None:
    """No key or a wrong one: ask again, in the end stay with the language spoken."""
    walk.change(tries=walk.at.tries + 1)
    if walk.at.tries >= node.tries:
        walk.go(node.then)
    else:
        _ask_language(walk, node)


def _ask_language(walk: Walk, node: n.AskLanguage) -> None:
    languages = dict.fromkeys(node.choices.values())
    said = (piece for language in languages for piece in pieces(node.say, language, walk.values))
    _ask(walk, tuple(said))


def speak(walk: Walk, language: str, *, remember: bool) -> None:
    """Go on in a language."""
    if language != walk.at.language or remember:
        walk.do(p.SpeakLanguage(language, remember))
    walk.change(language=language)


# -- survey --------------------------------------------------------------------------------------------------------
def enter_survey(walk: Walk, node: n.Survey) -> None:
    """Asks the first question."""
    walk.change(question=0)
    _question(walk, node)


def survey_digit(walk: Walk, node: n.Survey, key: str) -> None:
    """A score, or a wrong key."""
    question = _asked(walk, node)
    if question is None or walk.at.stage == "thanking":
        return
    if key in question.keys:
        walk.do(p.Score(node.id, question.id, key))
        walk.change(question=walk.at.question + 1, tries=0)
        _question(walk, node)
    else:
        _question_again(walk, node, "wrong")


def survey_said(walk: Walk, node: n.Survey) -> None:
    """The end of a question or of the thanks."""
    if walk.at.stage == "thanking":
        walk.go(node.then)
    else:
        listen(walk, node.timeout_s)


def survey_silent(walk: Walk, node: n.Survey) -> None:
    """Nobody pressed a key."""
    _question_again(walk, node, "silence")


def survey_resumed(walk: Walk, node: n.Survey) -> None:
    """Asks the same question again."""
    _question(walk, node)


def _question_again(walk: Walk, node: n.Survey, key: str) -> None:
    walk.change(tries=walk.at.tries + 1)
    question = _asked(walk, node)
    if question is None or walk.at.tries >= node.tries:
        _thank(walk, node)
    else:
        _ask(walk, walk.words(None, key) + walk.words(question.say))


def _question(walk: Walk, node: n.Survey) -> None:
    question = _asked(walk, node)
    if question is None:
        _thank(walk, node)
    else:
        _ask(walk, walk.words(question.say))


def _thank(walk: Walk, node: n.Survey) -> None:
    walk.say(walk.words(node.thanks, "thanks"), "thanking")


def _asked(walk: Walk, node: n.Survey) -> n.Question | None:
    return node.questions[walk.at.question] if walk.at.question < len(node.questions) else None
