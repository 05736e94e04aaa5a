"""Made-up names of communities and territories."""

from __future__ import annotations

from typing import Final

from numpy.random import Generator

_FIRST: Final = "翠金银玉锦春秋紫青白云龙凤福安康和瑞祥明华丰泰新东南西北文学书兰桂梅竹松荷柳枫"
_SECOND: Final = "湖苑园河溪泉山林桥塘岸景庭轩阳月光风港湾洲宁乐平和盛兴达"
_KIND: Final = (
    "花园",
    "小区",
    "家园",
    "新村",
    "公寓",
    "佳苑",
    "嘉园",
    "新城",
    "里",
    "名邸",
    "一村",
    "二村",
    "雅居",
    "华府",
)

TERRITORIES: Final = (
    "heping", "xinhua", "yunhe", "guangming", "dongfeng", "jianshe", "renmin", "wenhua",
    "changjiang", "huaihe", "taishan", "jiefang", "chaoyang", "tuanjie", "qingnian", "fuxing",
)  # fmt: skip
"""One for each office, common names of streets in any Chinese city."""


def community_names(count: int, rng: Generator) -> tuple[str, ...]:
    """Draw different names such as 翠湖花园.

    Parameters
    ----------
    count
        Number of names, at most a few thousand of the 15,000 combinations.
    """
    names: dict[str, None] = {}
    while len(names) < count:
        first, second = _FIRST[rng.integers(len(_FIRST))], _SECOND[rng.integers(len(_SECOND))]
        names[first + second + _KIND[rng.integers(len(_KIND))]] = None
    return tuple(names)
