"""The only writer of open letters: messages that are answered by e-mail."""

from collections.abc import Sequence

from pasokh.i18n.catalogue import message
from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.office.people.selectors import person_by_username
from pasokh.office.post.actions import do_send_mail
from pasokh.office.post.letters import Line
from pasokh.office.post.models import Letter, Mail
from pasokh.office.post.rules import check_address
from pasokh.office.post.selectors import sender_name
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation

LONGEST_QUOTE = 8_000


def do_keep_letter(interaction: str, contact: str, address: str, language: str) -> None:
    """Remember where the answers to a message go; one without a mail address is answered otherwise."""
    try:
        to = check_address(address)
    except PasokhError:
        return
    Letter.objects.update_or_create(
        organisation_id=scope.required(),
        interaction=interaction,
        defaults={"contact": contact, "address": to, "language": language[:16]},
    )


def do_quote(interaction: str, text: str) -> None:
    """Remember what the customer wrote."""
    letter = Letter.objects.filter(interaction=interaction).first()
    if letter is None:
        return
    letter.asked = "\n\n".join(part for part in (letter.asked, text) if part)[:LONGEST_QUOTE]
    letter.save(update_fields=["asked"])


def do_answer_letter(interaction: str, number: int, agent: str, text: str, files: Sequence[str] = ()) -> Mail | None:
    """Put an agent's answer into the outbox, with what it answers below; None where nobody asked by e-mail."""
    letter = Letter.objects.filter(interaction=interaction).first()
    if letter is None:
        return None
    language = as_language(letter.language) or own_organisation().language
    person = person_by_username(agent)
    said = "\n".join([*([text] if text else []), *(f"\u2068[{name}]\u2069" for name in files)])
    lines = [Line(said, by=person.name if person is not None else "")]
    if letter.asked:
        lines.append(Line(letter.asked, by=message("mail.answer.quote", language)))
    context = {"organisation": sender_name(language), "lines": lines}
    return do_send_mail(letter.address, "answer", language, context, key=f"answer:{interaction}:{number}")


def do_forget_letter(interaction: str) -> None:
    """It is closed: nothing more will be answered."""
    Letter.objects.filter(interaction=interaction).delete()
