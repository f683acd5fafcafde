"""From bytes to characters, whatever is declared."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.documents.encoding import decode_document

TEXT = '<?xml version="1.0" encoding="{}"?><rss>Größe – 100 €</rss>'


def _document(declared, written):
    return TEXT.format(declared).encode(written)


@pytest.mark.parametrize(
    ("declared", "written", "content_type"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("iso-8859-1", "utf-8", None),
        ("us-ascii", "utf-8", None),
        ("iso-8859-1", "cp1252", None),
        ("windows-1252", "cp1252", "text/xml; charset=utf-8"),
        ("utf-8", "cp1252", None),
        ("utf-8", "utf-16", None),
        ("utf-8", "utf-16-le", None),
        ("utf-8", "utf-16-be", None),
        ("utf-8", "utf-32", None),
        ("no-such-encoding", "utf-8-sig", None),
        ("utf-7", "cp1252", 'text/xml; charset="iso-8859-15"'),
    ],
)
def test_the_text_is_found_behind_a_wrong_declaration(declared, written, content_type):
    """The marks of an encoding in the bytes win over what the document and the server say of it."""
    if content_type and "8859-15" in content_type:
        body = TEXT.replace(" –", "").format(declared).encode("iso-8859-15")
        assert decode_document(body, content_type)[0] == TEXT.replace(" –", "").format(declared)
    else:
        assert decode_document(_document(declared, written), content_type)[0] == TEXT.format(declared)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1251", "Первая новость"),
        ("koi8-r", "Первая новость"),
        ("gb2312", "流通纪念币最新"),
        ("big5", "新聞標題"),
        ("shift_jis", "日本語の見出し"),
        ("euc-kr", "한국어 제목"),
        ("iso-2022-jp", "日本語の見出し"),
        ("iso-8859-9", "ağustos"),
    ],
)
def test_declared_encodings_are_read(encoding, text):
    """What is no UTF-8 is read as declared, without a problem."""
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss>{text}</rss>'.encode(encoding)
    decoded, problem = decode_document(body)
    assert text in decoded
    assert problem is None


def test_the_header_counts_where_the_document_declares_nothing():
    """Without a declaration the charset of the HTTP header is tried."""
    body = "<rss>Первая новость</rss>".encode("windows-1251")
    assert decode_document(body, "text/xml; charset=windows-1251")[0] == "<rss>Первая новость</rss>"


def test_one_wrong_byte_does_not_spoil_a_document():
    """A stray byte of Windows-1252 in UTF-8 is read alone, whatever is declared."""
    body = '<?xml version="1.0" encoding="iso-8859-1"?><rss>Größe Füße Öl '.encode() + b"it\x92s</rss>"
    text, problem = decode_document(body)
    assert text.endswith("<rss>Größe Füße Öl it’s</rss>")
    assert problem is not None


@pytest.mark.parametrize("text", ["2 ×\xa04", "São Paulo – «Â»", "Größe", "日本語 Ã¤"])
def test_text_that_only_looks_twice_encoded_is_left_alone(text):
    """A second encoding is undone only where the whole document makes sense without it."""
    assert decode_document(f"<rss>{text}</rss>".encode()) == (f"<rss>{text}</rss>", None)


@given(
    st.binary(), st.none() | st.text(), st.sampled_from([b"", codecs.BOM_UTF16_LE, b"<?xml encoding='hz'?>"])
)
def test_any_bytes_become_text(body, content_type, start):
    """No bytes and no header raise."""
    assert isinstance(decode_document(start + body, content_type)[0], str)


RUSSIAN = "Сегодня открыли новый мост через реку, и его увидели все"
LABELS = [
    ("x-sjis", "cp932", "町のニュース"), ("Windows-31J", "cp932", "①新しい橋"), ("x-gbk", "gbk", "城市新闻"),
    ("windows-874", "cp874", "ข่าวเมือง"), ("win-1251", "cp1251", RUSSIAN), ("WIN_1251", "cp1251", RUSSIAN),
    ("cp-1251", "cp1251", RUSSIAN), ("x-mac-cyrillic", "mac-cyrillic", RUSSIAN),
    ("ks_c_5601-1987", "cp949", "도시 뉴스"), ("big5-hkscs", "big5hkscs", "城市新聞"),
    ("iso-8859-8-i", "iso-8859-8", "חדשות העיר"), ("euc_jp", "euc-jp", "町のニュース"),
    ("ansi", "cp1252", "Größe"), ("iso8859_1", "cp1252", "Größe"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "written", "text"), LABELS)
def test_labels_of_the_web_are_known(label, written, text):
    """Encodings have many names, in the document and in the HTTP header."""
    body = f'<?xml version="1.0" encoding="{label}"?><rss>{text}</rss>'.encode(written)
    assert text in decode_document(body)[0]
    bare = f"<rss>{text}</rss>".encode(written)
    assert text in decode_document(bare, f'text/xml; charset="{label}"')[0]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1251", RUSSIAN),
        ("gb2312", "今天城市里开通了一座新的大桥"),
        ("euc-kr", "오늘 도시에서 새로운 다리가 개통되었고 모두가 그것을 보았습니다"),
        ("shift_jis", "今日、町に新しい橋が開通しました"),
    ],
)
@pytest.mark.parametrize("wrong", [b"\x98", b"\x81"])
def test_a_wrong_byte_costs_its_character(encoding, text, wrong):
    """Half a character at the end of a text spoils neither the rest nor the tag after it."""
    head = f'<?xml version="1.0" encoding="{encoding}"?><rss><title>{text} '.encode(encoding)
    decoded, _ = decode_document(head + wrong + b"</title></rss>")
    assert f"<title>{text} " in decoded
    assert decoded.endswith("</title></rss>")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("cp932", "今日、町に新しい橋が開通し、みんながそれを見ました。"),
        ("gb18030", "今天城市里开通了一座新的大桥，所有人都看到了它。"),
        ("cp949", "오늘 도시에서 새로운 다리가 개통되었고 모두가 그것을 보았습니다."),
        ("cp1253", "Σήμερα άνοιξε μια νέα γέφυρα πάνω από το ποτάμι"),
        ("cp1252", "Größe – 100 € Füße, Öl: »Über die Brücke«"),
        ("cp1252", "it’s a “nice” day – really"),
    ],
)
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="utf-8"?>'])
def test_what_nothing_declares_is_detected(encoding, text, declaration):
    """Text of a legacy encoding is no Latin gibberish because nobody names its encoding."""
    body = f"{declaration}<rss><title>{text}</title></rss>".encode(encoding)
    assert text in decode_document(body)[0]


@pytest.mark.parametrize(
    "meta", ["<meta charset=win-1251>", '<META content="text/html; charset=windows-1251">']
)
def test_a_page_declares_its_encoding_in_its_head(meta):
    """Pages name their encoding in a meta element."""
    body = f"<html><head>{meta}<title>Да</title>".encode("cp1251")
    assert "<title>Да</title>" in decode_document(body)[0]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "El niño comió piña"), ("cp1252", "L’été à Paris"), ("cp1252", "Déjà vu"),
        ("cp1252", "Les députés"), ("cp1252", "Le maire a démissionné hier"), ("cp1252", "Un café crémeux"),
        ("cp1252", "¿Dónde está mañana?"), ("cp1252", "Grüße aus Köln"), ("cp1252", "È così, perché più"),
        ("cp1252", "São Paulo vê eleição"), ("cp1252", "Smørrebrød på Ærø"), ("cp1252", "Müller ändert Pläne"),
        ("cp1250", "Zażółć gęślą jaźń"), ("cp1250", "Łódź: pożar w fabryce"),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"), ("cp1250", "Nový most přes řeku"),
        ("cp1254", "Bugün şehirde yeni bir köprü açıldı"), ("cp1255", "היום נפתח גשר חדש מעל הנהר"),
        ("cp1256", "أخبار المدينة"), ("cp874", "วันนี้มีการเปิดสะพานใหม่"), ("cp1251", "Новости"),
        ("koi8-u", "Сьогодні відкрили новий міст через річку"), ("big5", "今天城市裡開通了一座新的大橋"),
    ],
)  # fmt: skip
def test_a_few_letters_are_enough(encoding, text):
    """Short texts of the West stay Western, and others are not taken for it."""
    assert text in decode_document(f"<rss><title>{text}</title></rss>".encode(encoding))[0]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("big5", "今天城市裡開通了一座新的大橋"), ("euc-jp", "今日、町に新しい橋が開通しました"),
        ("windows-1253", "Σήμερα άνοιξε"), ("koi8-u", "Сьогодні відкрили новий міст"),
        ("gbk", "今天城市里开通了一座新的大桥"), ("utf-8", "今天城市里开通了一座新的大桥"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrong", [b"\x81\x85", b"\xe3\x81", b"\xff"])
def test_two_wrong_bytes_cost_no_short_document(label, text, wrong):
    """Bytes that lie together are one fault, however little text is around them."""
    body = f'<?xml version="1.0" encoding="{label}"?><rss><title>{text}'.encode(label) + wrong
    decoded, _ = decode_document(body + f"</title><b>{text}</b></rss>".encode(label))
    assert decoded.count(text) == 2
    assert f"</title><b>{text}</b></rss>" in decoded


@pytest.mark.parametrize(
    ("label", "written", "text"),
    [
        ("windows-cp1251", "cp1251", RUSSIAN), ("sjis-win", "cp932", "①新しい橋"),
        ("eucJP-win", "euc-jp", "町のニュース"), ("latin-9", "iso8859-15", "20 €"),
        ("koi8-ru", "koi8-u", "Київ їде"), ("logical", "iso8859-8", "חדשות"), ("dos-874", "cp874", "ข่าว"),
    ],
)  # fmt: skip
def test_rare_labels_are_believed(label, written, text):
    """What a platform calls an encoding is no problem of the document."""
    body = f'<?xml version="1.0" encoding="{label}"?><rss>{text}</rss>'.encode(written)
    assert decode_document(body) == (body.decode(written), None)
