"""Draws as in `pasokh.twin.draw`, compiled: the same hash, the same formulas, so the same customers to the bit."""

# mypy: disable-error-code="no-any-return"

from math import exp, log, log1p, sqrt

import numpy as np

from pasokh.twin.fast.arrays import Array
from pasokh.twin.fast.columns import (
    D_A,
    D_B,
    D_C,
    D_CONSTANT,
    D_EMPIRICAL,
    D_EXPONENTIAL,
    D_KIND,
    D_LOG_LOGISTIC,
    D_LOGNORMAL,
    D_WEIBULL,
    FOREVER,
)
from pasokh.twin.fast.compiled import apart, merged

type Word = np.uint64

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
SECOND_STEP = np.uint64(0xD1B54A32D192ED03)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
LONGEST_MS = 366 * 86_400_000


@merged
def mix64(x: Word) -> Word:
    """The finaliser of splitmix64."""
    x += GOLDEN
    x = (x ^ (x >> _30)) * _M1
    x = (x ^ (x >> _27)) * _M2
    return x ^ (x >> _31)


@merged
def uniform(key: Word, index: int, ordinal: int) -> float:
    """A number strictly between 0 and 1."""
    h = mix64(key + np.uint64(index) * GOLDEN + np.uint64(ordinal) * SECOND_STEP)
    return (np.float64(h >> _11) + 0.5) * 1.1102230246251565e-16


@apart
def inverse_normal(p: float) -> float:
    """Wichura's AS 241 (1988), as `statistics.NormalDist` computes it."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        num = (
            (
                (
                    (
                        (
                            (
                                (2.50908_09287_30122_6727e3 * r + 3.34305_75583_58812_8105e4) * r
                                + 6.72657_70927_00870_0853e4
                            )
                            * r
                            + 4.59219_53931_54987_1457e4
                        )
                        * r
                        + 1.37316_93765_50946_1125e4
                    )
                    * r
                    + 1.97159_09503_06551_4427e3
                )
                * r
                + 1.33141_66789_17843_7745e2
            )
            * r
            + 3.38713_28727_96366_6080e0
        ) * q
        den = (
            (
                (
                    (
                        ((5.22649_52788_52854_5610e3 * r + 2.87290_85735_72194_2674e4) * r + 3.93078_95800_09271_0610e4)
                        * r
                        + 2.12137_94301_58659_5867e4
                    )
                    * r
                    + 5.39419_60214_24751_1077e3
                )
                * r
                + 6.87187_00749_20579_0830e2
            )
            * r
            + 4.23133_30701_60091_1252e1
        ) * r + 1.0
        return num / den
    r = p if q <= 0.0 else 1.0 - p
    r = sqrt(-log(r))
    if r <= 5.0:
        r = r - 1.6
        num = (
            (
                (
                    (
                        (
                            (7.74545_01427_83414_07640e-4 * r + 2.27238_44989_26918_45833e-2) * r
                            + 2.41780_72517_74506_11770e-1
                        )
                        * r
                        + 1.27045_82524_52368_38258e0
                    )
                    * r
                    + 3.64784_83247_63204_60504e0
                )
                * r
                + 5.76949_72214_60691_40550e0
            )
            * r
            + 4.63033_78461_56545_29590e0
        ) * r + 1.42343_71107_49683_57734e0
        den = (
            (
                (
                    (
                        (
                            (1.05075_00716_44416_84324e-9 * r + 5.47593_80849_95344_94600e-4) * r
                            + 1.51986_66563_61645_71966e-2
                        )
                        * r
                        + 1.48103_97642_74800_74590e-1
                    )
                    * r
                    + 6.89767_33498_51000_04550e-1
                )
                * r
                + 1.67638_48301_83803_84940e0
            )
            * r
            + 2.05319_16266_37758_82187e0
        ) * r + 1.0
    else:
        r = r - 5.0
        num = (
            (
                (
                    (
                        (
                            (2.01033_43992_92288_13265e-7 * r + 2.71155_55687_43487_57815e-5) * r
                            + 1.24266_09473_88078_43860e-3
                        )
                        * r
                        + 2.65321_89526_57612_30930e-2
                    )
                    * r
                    + 2.96560_57182_85048_91230e-1
                )
                * r
                + 1.78482_65399_17291_33580e0
            )
            * r
            + 5.46378_49111_64114_36990e0
        ) * r + 6.65790_46435_01103_77720e0
        den = (
            (
                (
                    (
                        (
                            (2.04426_31033_89939_78564e-15 * r + 1.42151_17583_16445_88870e-7) * r
                            + 1.84631_83175_10054_68180e-5
                        )
                        * r
                        + 7.86869_13114_56132_59100e-4
                    )
                    * r
                    + 1.48753_61290_85061_48525e-2
                )
                * r
                + 1.36929_88092_27358_05310e-1
            )
            * r
            + 5.99832_20655_58879_37690e-1
        ) * r + 1.0
    x = num / den
    return -x if q < 0.0 else x


@merged
def span(dist: Array, values: Array, row: int, u: float) -> int:
    """The span of distribution `row` at probability `u`, in ms."""
    kind = int(dist[row, D_KIND])
    if kind == D_EXPONENTIAL:
        s = -dist[row, D_A] * log1p(-u)
    elif kind == D_LOGNORMAL:
        s = dist[row, D_A] * exp(dist[row, D_B] * inverse_normal(u) - dist[row, D_C])
    elif kind == D_CONSTANT:
        s = dist[row, D_A]
    elif kind == D_WEIBULL:
        s = dist[row, D_A] * (-log1p(-u)) ** dist[row, D_B]
    elif kind == D_LOG_LOGISTIC:
        s = dist[row, D_A] * (u / (1 - u)) ** dist[row, D_B]
    elif kind == D_EMPIRICAL:
        s = values[int(dist[row, D_A]) + int(u * dist[row, D_B])]
    else:
        return FOREVER
    if s >= LONGEST_MS:
        return LONGEST_MS
    return min(int(np.rint(s * 1000.0)), LONGEST_MS)
