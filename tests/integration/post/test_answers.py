"""Messages left to be answered by e-mail: every answer goes out once, to whom it concerns, in their language."""

from tests.office_stage import Office, chat

from pasokh.acd import commands as cmd
from pasokh.acd.model import Alternative, Attachment, Channel
from pasokh.kernel.time import DAY
from pasokh.office.desk import projection as history
from pasokh.office.post import projection
from pasokh.office.post.models import Letter, Mail
from pasokh.office.tenancy.scope import organisation_scope

AGENT = "alpha-agent"
LETTER = "letter.i1"
FREE = (
    cmd.AcceptOffer("alpha-c2.i1", AGENT),
    cmd.EndInteraction("alpha-c2.i1", AGENT),
    cmd.CompleteWrapUp("alpha-c2.i1", AGENT, "done"),
)
"""What the stage left to the agent is dealt with."""


def catch_up() -> None:
    while history.advance("alpha"):
        pass
    while projection.advance("alpha", limit=3):
        pass


def answers() -> list[Mail]:
    with organisation_scope("alpha"):
        return list(Mail.objects.filter(template="answer").order_by("id"))


def left(address: str = "Sara@example.org", language: str = "fa") -> list[cmd.AnyCommand]:
    return [
        *FREE,
        cmd.OpenContact(
            "letter", LETTER, Channel.EMAIL, "help", customer="s", customer_name="سارا", address=address,
            language=language, kind="message",
        ),
        cmd.PostMessage(LETTER, "given", "system", "letter", "Order: 10245"),
        cmd.PostMessage(LETTER, "text", "customer", "letter", "گلدان من کجاست؟"),
        cmd.AcceptOffer(LETTER, AGENT),
    ]  # fmt: skip


def test_an_answer_is_mailed_once_with_what_it_answers(office: Office) -> None:
    file = Attachment("f1", "plan.pdf", "application/pdf", 10)
    office.work("alpha", [
        *left(),
        cmd.PostMessage(LETTER, "n", "note", AGENT, "only for us"),
        cmd.PostMessage(LETTER, "a1", "agent", AGENT, "فردا می‌رسد.", attachments=(file,)),
    ])  # fmt: skip
    catch_up()
    catch_up()
    [mail] = answers()
    assert mail.recipient == "Sara@example.org"
    assert mail.language == "fa"
    assert 'dir="rtl"' in mail.html
    for said in ("alpha agent", "فردا می‌رسد.", "plan.pdf", "پیام شما", "گلدان من کجاست؟"):
        assert said in mail.text
    assert "only for us" not in mail.text
    assert "10245" not in mail.text
    office.work("alpha", [cmd.PostMessage(LETTER, "a2", "agent", AGENT, "یا پس‌فردا.")])
    catch_up()
    assert len(answers()) == 2


def test_a_message_instead_of_waiting_is_answered_too_and_a_number_is_not_mailed(office: Office) -> None:
    office.work("alpha", FREE)
    for n, address in ((40, "ann@example.org"), (41, "09121234567")):
        [opening, *_] = chat("alpha", n)
        assert isinstance(opening, cmd.OpenContact)
        letter = f"instead{n}"
        office.work("alpha", [
            opening, cmd.AcceptAlternative(opening.interaction, Alternative.MESSAGE, letter, address, "Where is it?"),
            cmd.AcceptOffer(letter, AGENT), cmd.PostMessage(letter, f"a{n}", "agent", AGENT, "Tomorrow."),
            cmd.EndInteraction(letter, AGENT), cmd.CompleteWrapUp(letter, AGENT, "done"),
        ])  # fmt: skip
    catch_up()
    [mail] = answers()
    assert mail.recipient == "ann@example.org"
    assert "Where is it?" in mail.text


def test_chats_are_not_mailed_and_nothing_is_kept_of_what_is_closed(office: Office) -> None:
    taking, *_ = FREE
    office.work("alpha", [taking, cmd.PostMessage("alpha-c2.i1", "a", "agent", AGENT, "Hello"), *left()[1:]])
    catch_up()
    assert answers() == []
    with organisation_scope("alpha"):
        assert [letter.asked for letter in Letter.objects.filter(interaction=LETTER)] == ["گلدان من کجاست؟"]
    office.work("alpha", [cmd.EndInteraction(LETTER, AGENT)])
    office.work("alpha", [cmd.CompleteWrapUp(LETTER, AGENT, "done")])
    catch_up()
    with organisation_scope("alpha"):
        assert not Letter.objects.filter(interaction=LETTER).exists()


def test_what_was_said_long_ago_is_not_sent_any_more(office: Office) -> None:
    office.work("alpha", [*left(), cmd.PostMessage(LETTER, "a1", "agent", AGENT, "Tomorrow.")])
    office.now += 2 * DAY
    catch_up()
    assert answers() == []
