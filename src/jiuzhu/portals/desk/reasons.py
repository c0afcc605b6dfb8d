"""Why a row was rejected, in the words of those who mend it."""

from __future__ import annotations

from jiuzhu.rules.tree import Title

REASONS = {
    "missing_value": Title(zh="必填项为空", en="A required cell is empty"),
    "bad_number": Title(zh="不是数字", en="No number"),
    "not_whole": Title(zh="个数不是整数", en="A count that is not whole"),
    "below_a_fen": Title(zh="金额不足一分", en="An amount below a fen"),
    "too_large": Title(zh="数字太大", en="A number too large"),
    "negative": Title(zh="不应为负", en="A number below zero"),
    "bad_date": Title(zh="日期不存在", en="No such day"),
    "bad_month": Title(zh="月份写法不对", en="No such month"),
    "bad_quarter": Title(zh="季度写法不对", en="No such quarter"),
    "bad_school_year": Title(zh="学年写法不对", en="No such school year"),
    "bad_instant": Title(zh="时间写法不对", en="No such instant"),
    "bad_flag": Title(zh="是否项写法不对", en="Neither yes nor no"),
    "code_not_listed": Title(zh="代码不在代码表里", en="A code that is not in its list"),
    "bad_region": Title(zh="区划代码不对", en="No code of a division"),
    "bad_change": Title(zh="变更标志不对", en="A wrong mark of change"),
    "bad_id": Title(zh="身份证号不符且没有姓名", en="A wrong id number and no name"),
    "digits_lost": Title(zh="长号码被存成数字，末位丢失", en="A long number lost its last digits"),
    "cell_too_long": Title(zh="单元格太长", en="A cell too long"),
    "broken_text": Title(zh="文字乱码", en="Broken text"),
    "wrong_cell_count": Title(zh="列数与表头不符", en="Another number of cells than the header"),
    "bad_line": Title(zh="这一行不是一条记录", en="A line that is no record"),
    "after_period": Title(zh="数据日期远在所报时段之后", en="A day far after the period"),
    "other_division": Title(zh="不是本来源的区划", en="A division of another source"),
    "in_future": Title(zh="日期在将来", en="A day to come"),
}
