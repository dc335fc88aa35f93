"""What `tiaokuai --help` says of each command in one line of a terminal of 80 columns; its own --help says it whole."""

from __future__ import annotations

SHORT: dict[str, tuple[str, str]] = {
    "demo": ("示例片区及其报告，以及接下来做什么", "a made-up district, its report, and where to go next"),
    "new": ("待填写的空白工作簿", "a workbook to fill in"),
    "check": ("全部问题：文件、行、列、值、原因", "every problem with file, row, column, value, reason"),
    "coverage": (
        "覆盖情况：按区块、片区、企业、行业或性质",
        "coverage by block, district, enterprise, sector, ownership",
    ),
    "replication": ("区块复制：状态、代次、来源、完整度", "blocks founded: status, generation, source, fidelity"),
    "gaps": ("离全覆盖还差什么", "what stands between today and full coverage"),
    "explain": ("一个区块为什么是这个状态", "why a block has its status, and what would change it"),
    "influence": ("谁影响多少人：区块、要素、线", "who carries how much: blocks, components, lines"),
    "fragility": ("系于一名骨干的人数，最坏的失线", "what hangs on one backbone, the worst lines to lose"),
    "history": ("各项指标的历史", "the figures over time"),
    "compare": ("两天之间的变化，逐块列出", "what changed between two days, block by block"),
    "simulate": ("如果……会怎样：逐月模拟基线与各情景", "what if: baseline and scenarios, month by month"),
    "calibrate": ("从历史中学习速率", "the rates that the data's own history tells"),
    "backtest": ("藏起最近几个月再预测，看准不准", "how forecasts of months that have passed would have done"),
    "grade": ("保存的预测后来准不准", "how a forecast that was kept has done since"),
    "sensitivity": ("哪个数最要紧", "which number matters: how far each rate moves the answer"),
    "plan": ("下一步怎么办：预算内的建块与开线", "what next: foundings and lines within a budget"),
    "report": ("一页讲完的报告，可离线打开", "one page that tells it all, to be read offline"),
    "figure": ("一幅图存为文件", "one picture as a file: PNG, SVG, PDF, HTML, Plotly JSON"),
    "serve": ("浏览器里的工作台", "the desk in the browser"),
    "export": ("数据换一种格式", "a data set in another format, for an audience"),
    "generate": ("任意大小的虚构片区", "a made-up district of any size"),
    "erase": ("删除会员：撤回同意，或保留期满", "remove members: consent withdrawn, or kept long enough"),
    "pseudonymise": ("以带钥假名替换会员编号", "replace the members' ids by keyed pseudonyms"),
    "privacy": ("个人信息保护影响评估的事实部分", "the factual part of a data-protection assessment"),
}
