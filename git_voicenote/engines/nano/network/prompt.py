"""The prompt of the language model: the text around the sound, as in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from git_voicenote.engines.base import Context

LANGUAGES = {"zh": "中文", "en": "英文", "ja": "日文"}
"""The languages of Fun-ASR-Nano-2512, and their names in its prompt."""

MLT_LANGUAGES = {
    **LANGUAGES, "yue": "粤语", "ko": "韩文", "vi": "越南语", "id": "印尼语", "th": "泰语",
    "ms": "马来语", "fil": "菲律宾语", "ar": "阿拉伯语", "hi": "印地语", "bg": "保加利亚语",
    "hr": "克罗地亚语", "cs": "捷克语", "da": "丹麦语", "nl": "荷兰语", "et": "爱沙尼亚语",
    "fi": "芬兰语", "el": "希腊语", "hu": "匈牙利语", "ga": "爱尔兰语", "lv": "拉脱维亚语",
    "lt": "立陶宛语", "mt": "马耳他语", "pl": "波兰语", "pt": "葡萄牙语", "ro": "罗马尼亚语",
    "sk": "斯洛伐克语", "sl": "斯洛文尼亚语", "sv": "瑞典语",
}  # fmt: skip
"""The languages of Fun-ASR-MLT-Nano-2512."""

MAX_HOTWORDS = 50
"""With more terms, the model writes terms that were not said."""

_BEGINNING = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
_WITH_CONTEXT = (
    "请结合上下文信息，更加准确地完成语音转写任务。如果没有相关信息，我们会留空。\n\n\n"
    "**上下文信息：**\n\n\n"
)
AFTER_SOUND = "<|im_end|>\n<|im_start|>assistant\n"


def before_sound(context: Context, languages: dict[str, str]) -> str:
    """Return the prompt before the sound. Raises EngineError for an unsupported language.

    It does not depend on the sound, so the model can read it while the person speaks. If the
    language is empty, the model detects it, but takes unclear Chinese for Japanese.
    """
    prompt = _BEGINNING
    hotwords = [_plain(word) for word in context.hotwords[:MAX_HOTWORDS]]
    if hotwords:
        prompt += f"{_WITH_CONTEXT}热词列表：[{', '.join(hotwords)}]\n"
    prompt += "语音转写"
    if context.language:
        prompt += "成" + _language_name(context.language, languages)
    return prompt + ("：" if context.itn else "，不进行文本规整：")


def _plain(word: str) -> str:
    """Return a term without special tokens, which an untrusted repository may contain."""
    return word.replace("<|", "<").replace("|>", ">").replace("\n", " ")


def _language_name(language: str, languages: dict[str, str]) -> str:
    code = language.lower().replace("_", "-").partition("-")[0]
    if code not in languages:
        hint = f"it supports {', '.join(languages)}"
        if code in MLT_LANGUAGES:
            hint += f"; Fun-ASR-MLT-Nano-2512 (a model with MLT in its name) supports {code}"
        raise EngineError(f"the model does not support the language {language!r}", hint=hint)
    return languages[code]
