"""Small real documents for tests: a web page, a PDF, a Word document, an archive. Built here, byte by byte."""

import io
import zipfile
from collections.abc import Mapping

import docx

TITLE = "某市公安破案忙"
PARAGRAPHS = [
    "今年以来,某市公安局组织开展专项行动,累计出动警力2980人次,发放宣传页18608份,走访单位50家、门店1817家,群众满意度持续提升。",
    "截至6月29日18时,该局破获刑事案件161起,抓获犯罪嫌疑人数同比上升18.76%,为群众挽回损失1.4亿元,社会治安持续向好。",
    "“真没想到,被骗走的钱还能拿回来。”市民张先生说。在返还活动现场,民警把追回的5.9万元交到了他的手里,大家纷纷点赞。",
    "下一步,该局将继续紧盯突出问题,坚持严打高压态势,以更加过硬的作风守护万家灯火,让群众有更多的获得感和安全感。",
]


def web_page(charset: str = "utf-8") -> bytes:
    body = "".join(f"<p>　　{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{TITLE}_某某新闻网</title>'
        '<meta property="og:site_name" content="某某新闻网"><script>var a = "<b>脚本</b>";</script></head><body>'
        "<nav><ul><li><a href='/'>首页</a></li><li><a href='/a'>要闻</a></li><li><a href='/b'>视听</a></li></ul></nav>"
        f"<div class='article'><h1>{TITLE}</h1><div class='info'><span>2023-10-10 10:13:46</span> "
        f"<span>来源: 某某日报</span> <span>作者：张三丰</span></div><div class='content'>{body}"
        "<table><tr><td>破案</td><td>161起</td></tr></table></div></div>"
        "<div class='related'><h3>相关推荐</h3><ul><li><a>别处的新闻一</a></li><li><a>别处的新闻二</a></li></ul></div>"
        "<footer>版权所有 © 某某新闻网 某ICP备12345号</footer></body></html>"
    )
    return page.encode("gb18030" if charset == "gbk" else charset)


def word_document() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph("本报记者 张三丰")
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, [("指标", "数量"), ("破案", "161起")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_document(lines: list[str]) -> bytes:
    """One page with the lines as a printer breaks them: a font without outlines, whose codes are Unicode."""
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -14 Td" for line in lines)
    content = f"BT /F1 10 Tf 40 800 Td {shown} ET".encode()
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange "
        b"endcmap end end"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
        b"/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /DW 1000 >>",
        b"<< /Length %d >>\nstream\n" % len(cmap) + cmap + b"\nendstream",
    ]
    out, starts = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, out.rindex(b"xref\n0"))
    return bytes(out)


def printed(width: int = 40) -> list[str]:
    """The article as a printer sets it: lines of at most ``width`` characters, and a page number."""
    lines = [TITLE]
    for paragraph in PARAGRAPHS:
        lines += [paragraph[i:i + width] for i in range(0, len(paragraph), width)]
    return [*lines, "- 1 -"]


def zip_archive(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()
