"""How a talk sounded, as one number: the E-model of ITU-T G.107 (06/2015) over what RTCP tells. Pure.

R = 93.2 - Id - Ie,eff (G.107 7.1 with its default values; no advantage factor): Id is the delay's impairment under
perfect echo control (Idd, 7.4), Ie,eff that of codec and random loss (7.5), with the codecs' Ie and Bpl of G.113
Appendix I (05/2019), tables I.1 and I.4. R becomes a mean opinion score by G.107 Annex B.

Everything is counted on the narrow-band scale, on which no call is better than 4.41. Where ITU-T lists nothing for a
codec (Opus, Speex) it counts as G.711 with concealment: so figures compare within a codec.
"""

import math
from dataclasses import dataclass
from typing import Final

PERFECT: Final = 93.2
"""R of G.711 without loss and delay (G.107, table 3)."""
PACKET_MS: Final = 20.0
"""Of sound in a packet: what every telephone here is asked for."""
BAD: Final = 3.1
"""R = 60: "nearly all users dissatisfied" below it (G.109)."""
FAIR: Final = 3.6
"""R = 70: "many users dissatisfied" below it (G.109)."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec's impairment `ie` without loss, and its robustness `bpl` against random loss."""

    ie: float
    bpl: float


G711: Final = Codec(0.0, 25.1)
"""With the packet loss concealment of G.711 Appendix I, as all of today's telephones have one."""
CODECS: Final = {
    "alaw": G711,
    "ulaw": G711,
    "g722": G711,
    "opus": G711,
    "speex": G711,
    "gsm": Codec(20.0, 10.0),
    "g729": Codec(11.0, 19.0),
}


def rating(*, loss: float, delay_ms: float, codec: str) -> float:
    """R of one direction: share of packets lost (0…1), one-way delay from mouth to ear, codec by Asterisk's name."""
    return max(0.0, PERFECT - _delay(delay_ms) - _equipment(loss, CODECS.get(codec, G711)))


def opinion(r: float) -> float:
    """The mean opinion score (1…4.5) of an R (G.107, equation B-4)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def mouth_to_ear(round_trip_ms: float, jitter_ms: float) -> float:
    """One-way delay: half the round trip, a packet's length, and a jitter buffer of twice the jitter.

    (Cole and Rosenbluth 2001, "Voice over IP performance monitoring", for what a receiver adds.)
    """
    return max(0.0, round_trip_ms) / 2 + PACKET_MS + 2 * max(0.0, jitter_ms)


def estimate(*, packets: int, lost: int, jitter_ms: float, round_trip_ms: float, codec: str) -> float | None:
    """The score of one direction; None where nothing travelled. `packets` = those that arrived."""
    expected = packets + max(0, lost)
    if expected <= 0:
        return None
    delay = mouth_to_ear(round_trip_ms, jitter_ms)
    return opinion(rating(loss=max(0, lost) / expected, delay_ms=delay, codec=codec))


def _delay(ms: float) -> float:
    """Idd (G.107, equations 7-27 and 7-28)."""
    if ms <= 100:
        return 0.0
    x = math.log2(ms / 100)
    return 25 * (math.pow(1 + x**6, 1 / 6) - 3 * math.pow(1 + (x / 3) ** 6, 1 / 6) + 2)


def _equipment(loss: float, codec: Codec) -> float:
    """Ie,eff with random loss, BurstR = 1 (G.107, equation 7-29)."""
    percent = 100 * min(1.0, max(0.0, loss))
    return codec.ie + (95 - codec.ie) * percent / (percent + codec.bpl)
