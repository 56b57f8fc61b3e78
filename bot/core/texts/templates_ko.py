"""Korean titles and uses of the bundled templates, by name; imported ones keep what their source says."""

from __future__ import annotations

from typing import Final

TEMPLATES: Final = {
    "two-signs": ("두 개의 표지판", "둘 다 끌리거나 둘 다 끔찍한 선택."),
    "nope-yep": ("싫어, 좋아", "하나는 거절하고 더 나쁜 것에 기뻐하기."),
    "growing-glow": ("점점 빛나는", "갈수록 거창해지고 갈수록 말이 안 되는 네 단계의 깨달음."),
    "before-after": ("전과 후", "들어갈 때의 모습과 나올 때의 모습."),
    "map-upside-down": ("거꾸로 든 지도", "근거 없이 가득 찬 자신감."),
    "running-on-empty": ("방전 직전", "책상이 침대로 보일 만큼 피곤할 때."),
    "tea-in-the-storm": ("폭풍 속의 차 한 잔", "모든 게 무너지는데 혼자 평온할 때."),
    "tiny-vs-huge": ("꼬마 대 거인", "아주 작은 것이 아주 큰 것에 맞설 때."),
    "nose-to-nose": ("코를 맞대고", "둘 다 소리치고 아무도 듣지 않을 때."),
    "five-round-quarrel": ("다섯 판의 말싸움", "다섯 번 주고받으며 커지는 말다툼."),
    "jaw-drop": ("입이 떡", "뻔히 예상된 일에 깜짝 놀라기."),
    "rug-pull": ("양탄자 잡아당기기", "사고를 치고는 누가 그랬냐고 묻기."),
    "rocket-plan": ("로켓 계획", "세 단계 계획, 세 번째는 후회."),
    "bus-stop-forever": ("영원한 정류장", "오지 않을 것을 기다리기."),
    "shiny-thing": ("반짝이는 것", "중요한 것을 두고 새롭고 반짝이는 것에 한눈팔기."),
    "not-on-the-list": ("명단에 없음", "서류판을 든 사람에게 막히기."),
    "tiptoe-exit": ("살금살금 퇴장", "누가 묻기 전에 자리를 뜨기."),
    "paper-smile": ("종이 미소", "하나도 괜찮지 않은데 모두에게 웃어 보이기."),
    "all-hands-cart": ("다 함께 수레", "한 명은 끌고 한 명은 관리하고."),
    "cake-dream": ("꿈의 케이크", "계획했던 것과 오븐에서 나온 것."),
    "moss-says": ("이끼 가라사대", "깊은 조언, 또는 그렇게 들리는 말."),
    "awake-at-three": ("새벽 세 시", "잠을 다 깨우는 생각."),
    "too-early": ("너무 일찍", "결승선 1미터 앞에서 축하하기."),
    "carrying-everything": ("혼자 다 짊어지기", "작은 한 사람이 모두를 떠받칠 때."),
    "one-statement": ("한마디 주장", "정설인 척하는 대담한 주장 하나."),
    "its-me": ("바로 나", "칭찬이든 비난이든 당당히 받기."),
    "peeking": ("훔쳐보기", "들키지 않길 바라며 조마조마 지켜보기."),
    "do-not-touch": ("건드리지 마", "왜 되는지 아무도 모르는데 돌아가는 것."),
    "last-one-floating": ("마지막 생존자", "살아남았지만 꼴은 말이 아닐 때."),
    "unlikely-handshake": ("뜻밖의 악수", "전혀 다른 둘이 하나에 동의하기: 그것, 왼쪽, 오른쪽."),
    "big-red-button": ("빨간 버튼", "생각 없이 눌러 버리기: 누가, 그리고 무엇을."),
    "held-back": ("붙잡힌 손", "좋은 것을 향해 뻗다 붙잡히기: 목표, 나, 목표, 방해물, 나."),
}
