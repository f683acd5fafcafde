"""From bytes to characters, whatever is declared."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.encoding import decode_document

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
