"""A report and a department sheet written by hand, to set in type: every kind of block, and texts that are hard to place."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from scoring.model import Lang
from tenken.reports.model import Cell, Chart, Column, Figure, Headline, Meta, Note, Page, Report, Series, Source, Table, Tone, Value
from tenken.reports.sheet import NextStep, SectionBar, UnitSheet

Kind = Literal["text", "number", "sign"]
SEAL = "3f9a1c77b0d2e4568f9a1c77b0d2e4568f9a1c77b0d2e4568f9a1c77b0d2e456"


def meta(lang: Lang = "ja", provisional: bool = False) -> Meta:
    ja = lang == "ja"
    word = ("暫定（四半期は確定していません）" if ja else "Provisional (the quarter is not sealed)") if provisional else ""
    organisation, period = ("みなと精機グループ", "2026年度 第3四半期（10〜12月）") if ja else ("Minato Seiki Group", "FY2026 Q3 (Oct–Dec)")
    sealed = word or ("確定 3f9a1c77b0d2　2027年1月15日" if ja else "Sealed 3f9a1c77b0d2, 15 Jan 2027")
    marking = "取扱注意" if ja else "Handle with care"
    return Meta(
        lang=lang,
        title="情報漏えい対策 点検報告" if ja else "Report on checks against information leaks",
        organisation=organisation,
        unit=organisation,
        period=period,
        against="2026年度 第2四半期（7〜9月）" if ja else "FY2026 Q2 (Jul–Sep)",
        scope="全体（会社の対策を含む）" if ja else "Whole (with the company's measures)",
        made=datetime(2027, 1, 15, 1, 32, 5),
        day="2027年1月15日" if ja else "15 January 2027",
        seal="" if provisional else SEAL,
        head=SEAL[::-1],
        marking=marking,
        provisional=word,
        footer=("　" if ja else " · ").join((organisation, period, sealed, marking)),
        version="0.1.0",
    )


def _figures(ja: bool) -> tuple[Figure, ...]:
    point = "点" if ja else " points"
    return (
        Figure("score", "備えの得点" if ja else "Score", Value("61.3", point, 61.3), "61.3〜65.2点（未回答4問）" if ja else "61.3–65.2 (4 questions open)",
               "前提：該当なし3問" if ja else "3 questions not applicable", Value("+4.1", point, 4.1), 61.3, 65.2, None, False,
               "得点は重み付きの合計 1,226 ÷ 2,000 です。" if ja else "The score is 1,226 of 2,000 weighted points."),
        Figure("gap", "事故加重ギャップ" if ja else "Incident-weighted gap", Value("40.2", "%", 40.2), "31.7〜48.9%",
               "事故の確率や件数ではありません" if ja else "Not a probability, not a count", Value("−2.0", point, -2.0), 31.7, 48.9, 40.2, True,
               "原因ごとの割合に未達の割合を掛けて足しました。" if ja else "The share of each cause times what is missing, added up."),
        Figure("evidenced", "証跡のある得点" if ja else "Score with evidence", Value("44.0", point, 44.0), "", "17.3点は証跡なし" if ja else "17.3 not evidenced",
               None, 44.0, 61.3, None, False, "証跡が有効な回答だけを数えました。" if ja else "Only answers with valid evidence count."),
        Figure("critical", "重大項目の未達" if ja else "Critical questions below level 2", Value("3", "件" if ja else "", 3.0), "", "28件のうち" if ja else "of 28",
               Value("±0", "件" if ja else "", 0.0), 10.7, 10.7, None, True, "重大項目のうち水準2に届かないものです。" if ja else "Critical questions that do not reach level 2."),
    )  # fmt: skip


def bars(ja: bool = True) -> Chart:
    names = (
        ("不正アクセス・ウイルス", "誤表示・誤送信", "紛失・誤廃棄", "盗難・不正持ち出し")
        if ja
        else ("Intrusion and viruses", "Misdirected or misdisplayed", "Lost or discarded by mistake", "Stolen or taken out")
    )
    return Chart(
        "gaps", "stacked_bars", "自社の未達と、公表された事故の原因" if ja else "What we lack, by the causes of disclosed incidents", names,
        (Series("未達" if ja else "Not met", "lacking", (27.1, 8.9, 3.5, 0.7), ("27.1", "8.9", "3.5", "0.7")),
         Series("備えあり" if ja else "Met", "covered", (37.3, 11.7, 6.5, 3.2), ("37.3", "11.7", "6.5", "3.2"))),
        ("△ 58%", "△ 57%", "○ 65%", "○ 82%"), "事故の原因に占める割合（%）" if ja else "Share of the causes (%)", 0, 70,
        "不正アクセス・ウイルスの未達が27.1%で最大です。" if ja else "Intrusion and viruses lack most: 27.1%.",
        "出所：東京商工リサーチ（2026年1月公表）。上場企業とその子会社の自主公表による" if ja else "Source: Tokyo Shoko Research, January 2026; voluntary disclosures of listed companies and their subsidiaries",
    )  # fmt: skip


def waterfall(ja: bool = True) -> Chart:
    names = (
        ("前四半期", "外部攻撃", "誤操作", "持ち出し", "委託先", "当四半期")
        if ja
        else ("Last quarter", "External attack", "Mistakes", "Taking out", "Suppliers", "This quarter")
    )
    return Chart(
        "changes", "waterfall", "得点の増減" if ja else "What changed the score", names,
        (Series("hidden", "hidden", (None, 57.2, 60.4, 61.9, 61.3, None), ("",) * 6),
         Series("合計" if ja else "Total", "total", (57.2, None, None, None, None, 61.3), ("",) * 6),
         Series("改善" if ja else "Gain", "gain", (None, 3.2, 2.1, None, 0.0, None), ("",) * 6),
         Series("低下" if ja else "Loss", "loss", (None, None, None, 0.6, None, None), ("",) * 6)),
        ("57.2", "+3.2", "+2.1", "−0.6", "±0", "61.3"), "点" if ja else "points", 50, 64,
        "57.2点から61.3点へ4.1点上がりました。" if ja else "From 57.2 to 61.3 points.",
    )  # fmt: skip


def line(ja: bool = True) -> Chart:
    quarters = tuple(f"2025年度 第{n}四半期" if ja else f"FY2025 Q{n}" for n in (1, 2, 3, 4))
    return Chart(
        "course", "line", "得点の推移" if ja else "The score over the quarters", quarters,
        (Series("得点" if ja else "Score", "ours", (48.0, 52.5, None, 61.3), ("48.0", "52.5", "", "61.3")),
         Series("証跡のある得点" if ja else "With evidence", "mute", (30.2, 31.0, 39.9, 44.0), ("30.2", "31.0", "39.9", "44.0"))),
        (), "点（100点満点）" if ja else "points of 100", 0, 100, "得点は48.0点から61.3点へ。" if ja else "From 48.0 to 61.3 points.",
    )  # fmt: skip


def columns(ja: bool = True) -> Chart:
    return Chart(
        "effect", "columns", "計画の効果" if ja else "What the plan brings", ("今" if ja else "Now", "計画の後" if ja else "After the plan"),
        (Series("得点" if ja else "Score", "ours", (61.3, 72.9), ("61.3", "72.9")), Series("ギャップ" if ja else "Gap", "lacking", (40.2, 24.8), ("40.2", "24.8"))),
        (), "点・%" if ja else "points, %", 0, 100, "得点は72.9点へ、ギャップは24.8%へ。" if ja else "Score to 72.9, gap to 24.8%.",
    )  # fmt: skip


def departments(count: int = 14, ja: bool = True, name: str = "") -> Table:
    def word(n: int) -> str:
        return name or (f"第{n}事業部" if ja else f"Division {n}")

    heads = (
        ("部門", "得点", "回答率", "外部攻撃", "誤操作", "持ち出し", "委託先", "気づく力", "備え")
        if ja
        else ("Department", "Score", "Answered", "External attack", "Mistakes", "Taking out", "Suppliers", "Detection", "Readiness")
    )
    kinds: tuple[Kind, ...] = ("text", "number", "number", *(("sign",) * 6))
    tones: tuple[Tone, ...] = ("poor", "middle", "good", "none", "middle", "good")
    rows = tuple(
        (Cell(word(n)), Cell(f"{40 + n % 50}.{n % 10}", number=40 + n % 50 + n % 10 / 10), Cell("98%", number=98.0),
         *(Cell(("× 45", "△ 62", "○ 88", "―", "△ 55", "○ 91")[(n + k) % 6], tones[(n + k) % 6], bold=(n + k) % 6 == 0) for k in range(6)))
        for n in range(1, count + 1)
    )  # fmt: skip
    widths = (3.0, 1.2, 1.2, *((1.3,) * 6))
    columns_ = tuple(Column(title, kind, width) for title, kind, width in zip(heads, kinds, widths, strict=True))
    return Table("departments", "部門の比較（得点の低い順）" if ja else "Departments, the lowest score first", columns_, rows, 12, "ほかに{n}部門あります。" if ja else "{n} more departments.",
                 "―は対象外。※は参考値です。" if ja else "― is out of scope.", "報告する部門がありません。" if ja else "No department reports.")  # fmt: skip


def critical(ja: bool = True) -> Table:
    rows = tuple(
        (Cell("×", "lacking", True), Cell(text, bold=True), Cell("情報システム部" if ja else "IT"), Cell(level, number=float(level)))
        for text, level in (
            (
                ("社外からの接続に多要素認証を使っている", "0"),
                ("退職者のIDを当日中に止めている", "1"),
                ("バックアップから戻せることを確かめている", "1"),
            )
            if ja
            else (
                ("Remote access needs a second factor", "0"),
                ("Accounts of leavers are closed the same day", "1"),
                ("Backups are restored as a test", "1"),
            )
        )
    )
    heads = ("", "設問", "主管", "水準") if ja else ("", "Question", "Owner", "Level")
    kinds: tuple[Kind, ...] = ("sign", "text", "text", "number")
    return Table("critical", "重大項目の未達" if ja else "Critical questions below the level", tuple(Column(t, k, w) for t, k, w in zip(heads, kinds, (0.5, 6, 2, 1), strict=True)),
                 rows, 5, "ほかに{n}件あります。" if ja else "{n} more.", "", "重大項目はすべて水準2以上です。" if ja else "All critical questions reach level 2.")  # fmt: skip


def report(lang: Lang = "ja", provisional: bool = False) -> Report:
    ja = lang == "ja"
    ask = Headline("計画（120人日、480万円）を承認してください。" if ja else "Please approve the plan: 120 person-days, ¥4.8 million.",
                   (("得点は61.3点から72.9点へ、事故加重ギャップは40.2%から24.8%へ。", "主管：情報システム部長。期限：2027年3月末。") if ja else
                    ("Score from 61.3 to 72.9, incident-weighted gap from 40.2% to 24.8%.", "Owner: head of IT. By the end of March 2027.")))  # fmt: skip
    caveat = Note(
        "被害の予測ではありません。内訳の和は四捨五入で合わないことがあります。"
        if ja
        else "Not a forecast of damage. Parts may not add up because of rounding."
    )
    source = Source(
        "東京商工リサーチ「2025年 上場企業の個人情報漏えい・紛失事故」（2026年1月公表）"
        if ja
        else "Tokyo Shoko Research, Personal data leaks of listed companies 2025 (January 2026)",
        "https://www.tsr-net.co.jp/data/detail/1200000_1527.html",
    )
    figures = _figures(ja)
    how = tuple(figure.how for figure in figures)
    pages = (
        Page("summary", "要約" if ja else "Summary", "備えの得点は61.3点（4.1点増）で、外部攻撃への備えが最も足りません。" if ja else "The score is 61.3 (up 4.1), and defence against external attack lacks most.",
             "事故加重ギャップは40.2%（幅31.7〜48.9%）です。" if ja else "The incident-weighted gap is 40.2% (31.7–48.9%).", (figures, bars(ja), ask, critical(ja), caveat), how),
        Page("changes", "変化" if ja else "What changed", "得点は57.2点から61.3点へ上がりました。" if ja else "The score rose from 57.2 to 61.3.", "", (waterfall(ja), line(ja), caveat), how[:1]),
        Page("departments", "部門" if ja else "Departments", "第1事業部の外部攻撃への備えが最も低い値です。" if ja else "Division 1 is weakest against external attack.", "", (departments(60, ja),), ("中央値は報告した部門のものです。" if ja else "The median is of departments that report.",)),
        Page("plan", "計画と決裁事項" if ja else "Plan and decision", "計画で事故加重ギャップは24.8%になります。" if ja else "The plan brings the incident-weighted gap to 24.8%.", "", (columns(ja), ask, replace(departments(0, ja), title="")), how[:2]),
        Page("method", "方法と出所" if ja else "Method and sources", "数値はこの点検と公表資料から作りました。" if ja else "All numbers are from this check and from published material.", "", (caveat, source, source), ()),
    )  # fmt: skip
    return Report(meta(lang, provisional), pages)


def sheet(lang: Lang = "ja", name: str = "") -> UnitSheet:
    ja = lang == "ja"
    name = name or ("営業本部 東日本営業部" if ja else "Sales, Eastern Japan")
    tones: dict[str, Tone] = {"×": "poor", "△": "middle", "○": "good", "―": "none"}
    sections = tuple(
        SectionBar(section, shown, tones[shown[0]], certain, best, median, difference)
        for section, shown, certain, best, median, difference in (
            ("外部攻撃" if ja else "External attack", "× 38.0%", 38.0, 44.0, 61.0, "中央値より −23.0" if ja else "median −23.0"),
            (
                "委託先・サプライチェーン" if ja else "Supply chain",
                "× 45.5%",
                45.5,
                45.5,
                50.0,
                "中央値より −4.5" if ja else "median −4.5",
            ),
            ("誤操作・誤送信" if ja else "Mistakes", "△ 62.1%", 62.1, 70.0, 58.0, "中央値より +4.1" if ja else "median +4.1"),
            ("持ち出し" if ja else "Taking out", "○ 81.0%", 81.0, 81.0, 75.0, "中央値より +6.0" if ja else "median +6.0"),
            ("紛失" if ja else "Loss", "―", None, None, None, ""),
        )
    )
    steps = tuple(
        NextStep(title, advice, (facts,))
        for title, advice, facts in (
            (
                (
                    "社外からの接続に多要素認証を使っている",
                    "全員に認証アプリを配り、SMSだけの人をなくします。例外は台帳に書き、四半期に一度見直します。",
                    "水準1 → 3　手間 中（5人日）　得点 +3.1点",
                ),
            )
            * 3
            if ja
            else (
                (
                    "Remote access needs a second factor",
                    "Give everybody the authenticator app; keep exceptions in a register, reviewed each quarter.",
                    "Level 1 → 3 · medium effort (5 person-days) · score +3.1",
                ),
            )
            * 3
        )
    )
    open_ = Table("open", "まだ回答していない設問" if ja else "Not answered yet", (Column("設問" if ja else "Question", "text", 5), Column("期限" if ja else "Due", "text", 1)),
                  ((Cell("委託先の再委託を把握している" if ja else "Sub-processors are known"), Cell("2026/12/10")),), 6, "ほかに{n}問あります。" if ja else "{n} more.", "", "すべて回答済みです。" if ja else "All are answered.")  # fmt: skip
    return UnitSheet(
        replace(meta(lang), title="部門シート" if ja else "Department sheet", unit=name), name,
        "備えの得点は58.4点で、外部攻撃への備えが最も遅れています。" if ja else "The score is 58.4; defence against external attack is furthest behind.",
        "得点は58.4〜62.0点の幅があります（未回答3問）。" if ja else "It can reach 62.0 with the 3 questions that are open.",
        _figures(ja), "分野ごとの得点（低い順）" if ja else "By section, the weakest first", sections, "部門の中央値" if ja else "median of departments",
        "未回答" if ja else "open", "", Headline("全部門の中央値63.0点を下回っています（−4.6点）。" if ja else "Below the median of all departments, 63.0 (−4.6)."), None,
        Headline("前四半期から2.2点上がりました。" if ja else "Up 2.2 since last quarter."), "次の3つ" if ja else "Three next steps", steps, "", (critical(ja), open_),
        Headline("問い合わせ先：情報セキュリティ推進室" if ja else "Questions: security office"),
    )  # fmt: skip
