"""The icons that a page names."""

from aggregator.html.icons import list_icon_links


def test_icons_come_largest_first():
    """Sized ones before others, the touch icon by its usual size; SVG and what is no icon is left out."""
    page = """<head><base href="/static/"><link rel="shortcut icon" href="old.ico">
    <link rel="icon" sizes="32x32" href="32.png"><link rel="icon" sizes="16x16 512x512" href="512.png">
    <link rel="apple-touch-icon-precomposed" href="touch.png"><link rel=icon href="old.ico">
    <link rel="icon" type="image/svg+xml" href="a.svg"><link rel="icon" sizes="any" href="b.svg">
    <link rel="mask-icon" href="mask.png"><link rel="icon"><link rel="icon" href="javascript:no()">
    </head><body><link rel="icon" href="late.png">"""
    found = list_icon_links(page, "https://a.example/x/")
    names = [url.removeprefix("https://a.example/static/") for url in found]
    assert names == ["512.png", "touch.png", "32.png", "old.ico"]


def test_a_page_without_icons_has_none():
    """Plain pages and rubbish give nothing."""
    assert list_icon_links("<p>Hello", "https://a.example/") == ()
    assert list_icon_links("", "https://a.example/") == ()
