"""Korean, key for key as in `bot.core.texts.telegram_en`."""

from __future__ import annotations

from typing import Final

KOREAN: Final = {
    "telegram.description": "사진이나 스티커, 짧은 글을 보내면 밈으로 만들어 드려요. 👍 👎로 투표해 주세요. "
    "/top 에서 인기 밈을 볼 수 있습니다.\n\n"
    "개인 대화, 그룹, 채널에서 쓸 수 있고, 어느 대화에서든 제 이름과 몇 마디를 입력하면 됩니다. 투표와 "
    "문구만 저장하고 사진과 메시지는 저장하지 않아요. /privacy 로 확인하고 지울 수 있습니다.",
    "telegram.short": "사진과 글로 밈을 만들고, 투표도 받는 봇입니다.",
    "telegram.hello": "안녕하세요! 사진에 /meme 으로 답장하거나 /meme 뒤에 몇 마디를 적어 보세요. "
    "다른 기능은 /help 에 있어요.",
    "telegram.privacy_mode": "저는 명령어, 저에게 온 답장, 제 이름이 든 메시지만 봅니다. 밈을 만들기에는 그걸로 "
    "충분하고, 다른 것은 읽지 않아요.",
    "telegram.no_admin": "버튼 투표는 누구나 할 수 있어요. 관리자가 저를 관리자로 지정하면 제 밈에 단 이모지도 투표로 "
    "집계합니다. 별도의 권한은 필요 없어요.",
    "telegram.no_pictures": "여기서는 사진을 보낼 수 없어요. 관리자가 허용해 주면 밈을 만들게요.",
    "telegram.no_avatar": "제가 볼 수 있는 프로필 사진이 없어요.",
    "telegram.cannot_delete": "이틀이 지난 메시지라 텔레그램에서 더는 지울 수 없어요.",
    "telegram.not_yours": "요청한 사람만 볼 수 있어요.",
    "telegram.check_private": "살펴봤어요. 결과는 요청한 사람만 볼 수 있습니다.",
    "telegram.check_show": "결과 보기",
    "telegram.check_gone": "무엇에 대한 것이었는지 더는 볼 수 없어요. 다시 요청해 주세요.",
    "telegram.too_slow": "지금은 시간이 너무 오래 걸려요. 잠시 뒤에 다시 해 주세요.",
    "telegram.in_private": "둘이서만 볼 내용이에요. 개인 대화를 열어 주세요.",
    "telegram.open_private": "개인 대화 열기",
    "telegram.compose": "무엇에 대한 밈을 만들까요?",
    "telegram.compose_how": "이 메시지에 몇 마디나 사진으로 답장해 주세요. "
    "버튼으로 분위기와 문구 개수를 고를 수 있어요.",
    "telegram.surprise": "아무거나",
    "telegram.inline_hint": "어떤 밈을 만들지 입력하세요",
    "telegram.inline_start": "먼저 저와 대화를 시작하면 여기에 밈이 나타나요",
    "telegram.broken": "제 쪽에서 문제가 생겼어요. 다시 시도해 주세요.",
}
