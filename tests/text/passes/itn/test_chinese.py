from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_voicenote.text.passes.itn.chinese.numbers import value
from git_voicenote.text.passes.itn.normaliser import normaliser

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
        ("三点五万用户", "3.5万用户"),
        ("三万亿", "3万亿"),
        ("一亿三千万", "130000000"),
        ("版本三点十一", "版本3.11"),
        # one expression, in digits as a whole
        ("下午三点二十", "下午3点20"),
        ("上午十点零五分", "上午10点05分"),
        ("晚上十一点半", "晚上11点半"),
        ("上午九点到十一点", "上午9点到11点"),
        ("三小时二十分钟", "3小时20分钟"),
        ("五分三十秒", "5分30秒"),
        ("二十五块八毛", "25块8毛"),
        ("二零二五年三月", "2025年3月"),
        ("二零二五年三月五日", "2025年3月5日"),
        ("两千零二十六年三月", "2026年3月"),
        ("两千零二十六年三月五日", "2026年3月5日"),
        ("一千九百九十九年十二月三十一号", "1999年12月31号"),
        ("二零二四到二零二五年", "2024到2025年"),
        ("百分之五到十", "5%到10%"),
        ("百分之五到百分之十", "5%到10%"),
        ("十到二十行", "10到20行"),
        ("五到十毫秒", "5到10 ms"),
        ("五、十和二十", "5、10和20"),
        ("第三到第十五行", "第3到第15行"),
        ("二十比三", "20比3"),
        ("十月到十二月", "10月到12月"),
        ("一百到两百", "100到200"),
        ("第一百零五号", "第105号"),
        ("修复问题四十二和四十三", "修复问题 #42和 #43"),
        ("端口八零八零和四四三", "端口8080和443"),
        ("一到一百", "1到100"),
        ("零点三十分", "0点30分"),
        ("端口八十和三个进程", "端口80和三个进程"),
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
     ("二十一", 21), ("七八十", None), ("八零", None),
     ("三十万三十万", None), ("十一十二", None), ("三百四百", None), ("三万一", 31000),
     ("一亿三千万", 130_000_000), ("三万亿", 3 * 10**12), ("百", None), ("十零", None)],
)  # fmt: skip
def test_values(number: str, is_value: int | None) -> None:
    assert value(number) == is_value


CHARACTERS = st.text(
    alphabet="零一二三四五六七八九十百千万亿两点年月日第个分之端口问题的这 毫秒到和、几下午块天",
    max_size=14,
)


@settings(derandomize=True)
@given(CHARACTERS)
def test_a_second_time_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once
