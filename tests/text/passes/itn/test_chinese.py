from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_voicenote.text.passes.itn import normaliser
from git_voicenote.text.passes.itn.chinese import value

normalise = normaliser("zh")


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("二零二五年十一月二十二日发布", "2025年11月22日发布"),
        ("二〇二六年", "2026年"),
        ("版本二点六点一", "版本2.6.1"),
        ("三点一四", "3.14"),
        ("一二七点零点零点一", "127.0.0.1"),
        ("监听端口八零八零", "监听端口8080"),
        ("百分之五的请求", "5%的请求"),
        ("百分之九十九点九", "99.9%"),
        ("百分之百", "100%"),
        ("十兆字节", "10 MB"),
        ("二点五兆字节", "2.5 MB"),
        ("五毫秒", "5 ms"),
        ("四十二个测试", "42个测试"),
        ("第四十二行", "第42行"),
        ("一百零五", "105"),
        ("三千二百", "3200"),
        ("两千万用户", "2000万用户"),
        ("一万两千", "12000"),
        ("下午三点十五分", "下午3点15分"),
        ("修复问题四十二", "修复问题 #42"),
        ("错误码四零四", "错误码404"),
        ("加上杠杠force", "加上--force"),
        ("修改main点py", "修改main.py"),
        ("修改 main dot py 和 dash dash force", "修改 main.py 和 --force"),
    ],
)
def test_numbers_are_written_in_digits(heard: str, written: str) -> None:
    passed = normalise(heard)
    assert passed.text == written
    assert normalise(written).text == written
    assert all(change.source.startswith("itn:") for change in passed.changes)


@pytest.mark.parametrize(
    "text",
    [
        "三个线程", "第一个",
        "十个文件", "有两点需要注意", "这一点三个线程都知道", "一点一点地修改",
        "万一失败",
        "七八个文件", "十分重要", "统一接口", "星期三", "一些问题", "千万不要", "两三行",
        "`二十二`", "2025年11月22日", "成千上万的请求", "一五一十", "三四十个", "零件", "百姓",
    ],
)  # fmt: skip
def test_words_that_look_like_numbers_stay(text: str) -> None:
    assert normalise(text).text == text


def test_chinese_is_left_alone_in_other_languages() -> None:
    assert normaliser("en")("四十二个测试").text == "四十二个测试"
    assert normaliser("ja")("四十二個").text == "四十二個"


@pytest.mark.parametrize(
    ("number", "is_value"),
    [("一百五", 150), ("一百零五", 105), ("一千零一", 1001), ("三亿", 300_000_000), ("十", 10),
     ("二十一", 21), ("七八十", None), ("八零", None)],
)  # fmt: skip
def test_values(number: str, is_value: int | None) -> None:
    assert value(number) == is_value


CHARACTERS = st.text(
    alphabet="零一二三四五六七八九十百千万亿两点年月日第个分之端口问题的这 毫秒", max_size=14
)


@settings(derandomize=True)
@given(CHARACTERS)
def test_a_second_time_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once
