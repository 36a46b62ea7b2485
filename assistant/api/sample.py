"""What the examples of the description are made of: answers about the shipped plan, as they really come.

`tests/assistant/api/test_examples.py` asks the plan and compares.
"""

from prompts import reply

PLAN = "chongqing-education-modernization-2020-2022"
VERSION = "2020-10-22"
TITLE = "重庆市加快推进教育现代化实施方案(2020—2022年)"
ADDRESS = "2.2.1"
CLAUSE = f"{PLAN}@{VERSION}#{ADDRESS}"
LABEL = "二、（二）1"
PATH = ["二、重点任务", "(二)大力推进基础教育公平优质发展", "１.实现学前教育公益普惠发展。"]
CLAUSE_START, CLAUSE_END = 3411, 3804
CLAUSE_TEXT = (
    "１.实现学前教育公益普惠发展。深入实施学前教育三年行动计划。大力发展公办幼儿园，探索小村联合办园"
    "、流动幼儿园、季节班等，到2022年全市公办园在园幼儿占比达到50％以上。着力构建以普惠性资源为"
    "主体的办园体系，加快发展主城区普惠性学前教育，扩大农村地区、脱贫攻坚地区、新增人口集中地区普惠性"
    "资源。完善普惠性民办幼儿 园认定管理办法，积极引导和支持民办幼儿园提供普惠性服 务。注重保教结合"
    "，坚持以游戏化、生活化为基本形式，积极开发地方游戏化课程资源。持续开展幼儿园“小学化”专项治理。"
    "通过鼓励一级以上幼儿园承办新园、托管薄弱园、举办分园、合作办园等途径，拓展优质学前教育资源覆盖面"
    "。建立质量评估监测体系，完善幼儿园质量评估标准。完善市级统筹、区县为主、乡镇(街道)参与的学前教"
    "育管理体制。加强源头监管，完善过程监管，强化安全监管，严格依法监管。制定民办园分类管理实施办法，"
    "遏制过度逐利行为。"
)

QUESTION = "公办幼儿园的占比要达到多少？"
STANDALONE = "公办幼儿园的占比要达到多少?"
QUOTE = (
    "大力发展公办幼儿园，探索小村联合办园、流动幼儿园、季节班等，到2022年全市公办园在园幼儿占比达到50％以上。"
)
START, END = 3441, 3496
URL = f"/documents/{PLAN}?version={VERSION}&clause={ADDRESS}&start={START}&end={END}"
SENTENCE = f"文件写的是：「{QUOTE[:-1]}」。"
ANSWER = f"{SENTENCE}[1]"
SHORT_ANSWER = "到2022年，50%以上"
CONFIDENCE = 0.9412
SCORE = 0.710354
NOTICE = "本方案实施期为2020—2022年，现已届满。"
CONTENT = f"""{ANSWER}

提示：{NOTICE}

依据：
[1] 《{TITLE}》（{VERSION}）{LABEL}：「{QUOTE}」
http://127.0.0.1:8000{URL}

{reply("standing")}"""

HALF_WRITTEN = "公办幼儿园的占比要达到多少？每个月保教费最多收多少钱？"
MISSING = "每个月保教费最多收多少钱"
NOT_WRITTEN = "下午放学后的课后服务一个月收多少钱？"
WRONG_PREMISE = "听说全市普通本科高校必须一律转为应用型，是真的吗？"

ANSWER_ID = "ans_0f8fad5bd9cb469fa165708867287a01"
CONVERSATION_ID = "cnv_5f0c2a9d3b7e4c61a8d2e90f47b1c356"
CONVERSATION_SECRET = "0XkFhYk3Qm2nB8vV1c9dZrT5uW7yA4sE6gJ0lP3oI8x"  # noqa: S105 - of no conversation
REQUEST_ID = "3d7f1c0e9a524b6f8e21d45c7ab09f13"
