"""Korean for the page where a chat's templates are drawn, key for key as in `bot.core.texts.boxes_en`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KOREAN: Final[Mapping[str, str]] = {
    "boxes.title": "템플릿 작업대",
    "boxes.tagline": "우리만의 사진, 그리고 글이 들어갈 자리",
    "boxes.skip": "그림판으로 건너뛰기",
    "boxes.to_room": "방으로 돌아가기",
    # The door.
    "boxes.door": "여기서 채팅의 템플릿에 글 상자를 그려요. 이 링크는 본인만 쓸 수 있고 한 번만 열려요. "
    "시간이 조금 있을 때 버튼을 눌러 주세요. 페이지는 한 시간 동안 열려 있어요.",
    "boxes.enter": "작업대 열기",
    "boxes.used": "이미 쓴 링크이거나 너무 오래된 링크예요. 채팅에서 봇에게 새 링크를 부탁해 주세요.",
    "boxes.over": "머무는 시간이 끝났어요. 채팅에서 봇에게 새 링크를 부탁해 주세요.",
    "boxes.room_first": "먼저 방을 연 다음, 거기서 이리로 와 주세요.",
    # The shelf.
    "boxes.shelf": "이 채팅의 템플릿",
    "boxes.new": "새로 만들기",
    "boxes.no_templates": "아직 없어요. 처음 저장한 템플릿이 여기에 나오고, 채팅의 모두가 쓸 수 있어요.",
    "boxes.rename": "템플릿 이름 바꾸기",
    "boxes.rename_one": "“{name}” 이름 바꾸기",
    "boxes.remove_one": "“{name}” 빼기",
    "boxes.removed": "“{name}” 템플릿을 뺐어요.",
    "boxes.restored": "“{name}” 템플릿이 돌아왔어요.",
    "boxes.renamed": "이제 이름이 “{name}”이에요.",
    "boxes.undo": "되돌리기",
    "boxes.redo": "다시 하기",
    # The drawing board.
    "boxes.new_title": "새 템플릿",
    "boxes.edit_title": "템플릿 고치기",
    "boxes.choose": "사진 고르기",
    "boxes.choose_hint": "이 페이지 아무 데나 사진을 놓아도 돼요. 그 위에 밈을 만드니 글이 들어갈 자리를 남겨 주세요.",
    "boxes.drop": "사진을 놓으세요",
    "boxes.tools": "도구",
    "boxes.add_box": "상자 추가",
    "boxes.hide_boxes": "상자 숨기기",
    "boxes.board": "사진 위의 글 상자",
    "boxes.board_role": "그림판",
    "boxes.board_picture": "상자에 예시 글이 들어간 사진",
    "boxes.box_role": "글 상자",
    "boxes.box_place": "상자 {count}개 중 {number}번: 왼쪽에서 {x}%, 위에서 {y}%, 너비 {w}%, 높이 {h}%",
    "boxes.box_removed": "{number}번 상자를 지웠어요.",
    "boxes.boxes_full": "템플릿에는 상자를 더 넣을 수 없어요.",
    "boxes.help": "사진 위를 끌면 상자가 그려지고, 상자를 끌면 옮겨지고, 손잡이를 끌면 크기가 바뀌어요.",
    "boxes.help_keys": "키보드로는 Tab 으로 상자에 가서 화살표로 옮기고, Shift 와 화살표로 크기를 바꾸고, "
    "Delete 로 지워요.",
    "boxes.drawing": "그리는 중 …",
    # Beside it.
    "boxes.name": "이름",
    "boxes.name_hint": "피곤한 고양이",
    "boxes.arrangements": "흔히 쓰는 자리",
    "boxes.lines": "글 순서대로 놓인 상자",
    "boxes.line_label": "{number}번 상자의 예시 글",
    "boxes.no_lines": "상자가 없으면 글이 위와 아래에 들어가요.",
    "boxes.box_earlier": "{number}번 상자를 앞으로",
    "boxes.box_remove": "{number}번 상자 지우기",
    "boxes.example_1": "새벽 네 시의 고양이",
    "boxes.example_2": "우리 집 유리컵",
    "boxes.example_3": "중력",
    "boxes.example_4": "잠이 깬 나",
    "boxes.save": "저장",
    "boxes.saved": "“{name}” 템플릿을 저장했어요. 이제 채팅의 모두가 쓸 수 있어요.",
    "boxes.unsaved": "그린 것이 저장되지 않았어요. 그래도 나갈까요?",
    "boxes.close": "닫기",
    "boxes.failed": "무언가 잘못됐어요. 다시 시도해 주세요.",
    "boxes.offline": "연결이 끊겼어요. 잠시 뒤 다시 시도해 주세요.",
}
