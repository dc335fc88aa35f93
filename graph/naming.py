"""What tables and columns are called in a Chinese sentence: both names, for files and headings may bear either."""

from __future__ import annotations


def table_name(table: str, lang: str) -> str:
    """A table for a reader of ``lang``; one that is not of the dictionary keeps its name.

    >>> table_name("enterprises", "zh"), table_name("enterprises", "en"), table_name("others", "zh")
    ('企业（enterprises）', 'enterprises', 'others')
    """
    from tiaokuai.graph.records import TABLES  # the records know what can be wrong with them, which is worded with this

    return f"{TABLES[table].zh}（{table}）" if lang == "zh" and table in TABLES else table


def column_name(table: str | None, column: str, lang: str) -> str:
    """A column of a table likewise.

    >>> column_name("enterprises", "staff", "zh"), column_name("enterprises", "name", "en")
    ('人数（staff）', 'name')
    """
    from tiaokuai.graph.records import TABLES, columns

    if lang != "zh" or table not in TABLES:
        return column
    return next((f"{each.zh}（{column}）" for each in columns(table) if each.name == column), column)


def names_its_table(file: str) -> bool:
    """Whether a file holds one table and is called after it.

    >>> names_its_table("blocks.csv"), names_its_table("district.xlsx")
    (True, False)
    """
    return file.lower().endswith((".csv", ".tsv", ".txt", ".parquet"))
