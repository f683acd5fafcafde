"""Excerpts: a text's own words, without what platforms write around them."""

import time

import pytest

from aggregator.model import Entry
from aggregator.parse.texts.title_excerpt import make_excerpt

TEXT = "The council voted on Friday to build the bridge, after years of talks."
BODY = f"<p>{TEXT}</p>"


def excerpt(html, title="Council votes", content=None):
    """Return the excerpt of an entry with this summary."""
    return make_excerpt(
        Entry(base_url="https://site.example/", title=title, summary_html=html, content_html=content)
    )


@pytest.mark.parametrize(
    "html",
    [
        (f'<div class="md">{BODY}</div> &#32; submitted by &#32; <a href="u"> /u/joe </a> &#32; to &#32; '
        '<a href="r"> r/x </a> <br/> <span><a href="a">[link]</a></span> &#32; <span><a>[comments]</a></span>'),
        (f'{BODY} submitted by <a href="u">joe</a> to <a href="c">technology</a><br>'
        '<a href="a">[link]</a> <a href="b">[comments]</a>'),
        (f'submitted by <a href="u">Joe B.</a> to <a href="c">technology</a><br>12 points | <a href="p">3 comments</a>'
        f'<br><a href="https://x.example/">https://x.example/</a>{BODY}'),
        f'{BODY}<p><small>3 posts - 2 participants</small></p><p><a href="t">Read full topic</a></p>',
        f'{BODY}<p><small>3 Beiträge - 2 Teilnehmer</small></p><p><a href="t">Vollständiges Thema lesen</a></p>',
        f"{BODY}<p><small>1 message - 1 participant(e)</small></p><p><a href='t'>Lire le sujet en entier</a></p>",
        (f'<figure><img src="a.png" /></figure>{BODY}<hr><p><a href="a">Council votes</a> was originally published in '
        '<a href="b">Towns</a> on Medium, where people are continuing the conversation by highlighting and '
        "responding to this story.</p>"),
        (f'<p class="medium-feed-snippet">{TEXT}</p><p class="medium-feed-link"><a href="a">Continue reading on '
        "Towns.io »</a></p>"),
        f'{BODY}<p>The post <a href="a">Council votes</a> appeared first on <a href="b">Town</a>.</p>',
        f'{BODY}<p>Bài viết <a href="a">Council votes</a> xuất hiện đầu tiên vào ngày <a href="b">Town</a>.</p>',
        f'{TEXT}<p>Statistics: Posted by <a href="u">joe</a> — Fri Nov 20, 2026 10:00 am</p><hr />',
        f'{TEXT}<p>Statistik: Verfasst von <a href="u">joe</a> — Fr 20. Nov 2026, 10:00</p><hr />',
        f'{BODY}<p><a href="c">Comments</a></p>',
        f'{BODY}<p><a href="f">Read full article</a></p><p><a href="c">Comments</a></p>',
        (f"{BODY}<hr><p>Comments URL: <a href='https://n.example/1'>https://n.example/1</a></p><p>Points: 3</p>"
        "<p># Comments: 0</p>"),
        f'{BODY}<div class="bbWrapper"><a class="link" href="x">Read more</a></div>',
        f'{BODY}<a href="a">Czytaj dalej</a>',
        f'{BODY}<div class="sharedaddy"><h3>Share this:</h3><ul><li>Tweet</li></ul></div>',
        f"{BODY}<h3>Share this:</h3><ul><li><a>Twitter</a></li></ul><h3>Like this:</h3>Like Loading... <em>Related</em>",
        f'{BODY}<div class="feedflare"><a href="x">a</a> <a href="y">Email this</a></div>',
        f"{BODY}<p>Filed under: <a>Towns</a>, <a>Bridges</a></p>",
        f"{BODY}<p>Tags: towns, bridges</p>",
        f"{BODY}<p>Sent from my iPhone</p>",
        f"{TEXT} submitted by /u/joe to r/x [link] [comments]",
        f"{TEXT} 3 posts - 2 participants Read full topic",
        (
            f"{TEXT} Votes was originally published in Towns on Medium, where people are continuing the "
            "conversation by highlighting and responding to this story."
        ),
        f"<p>ADVERTISEMENT</p>{BODY}<p>Advertisement</p>",
        f'<p><a href="u">joe</a> posted a photo:</p><p><a href="p"><img src="a.jpg" /></a></p>{BODY}',
        f'<p>cross-posted from: <a href="https://l.example/1">https://l.example/1</a></p>{BODY}',
        f"{BODY}<p>Link URL: <a href='https://l.example/1'>https://l.example/1</a></p><p>Votes: 5</p><p>Comments: 2</p>",
        (f'{BODY}<p class="button-wrapper"><a href="s">Subscribe now</a></p><p>Thanks for reading Towns! Subscribe for '
        "free to receive new posts and support my work.</p>"),
        f"{BODY}<p>You just read issue #12 of Towns. You can also browse the <a>full archives</a>.</p>",
        f"{BODY}<p>(Image credit: Jane Doe)</p>",
        f'{TEXT}<div class="blogger-post-footer">Copyright 2026 Towns. All rights reserved</div>',
        f'<div class="lightbox-wrapper"><a><img src="a.png"><div class="meta">IMG_1 169 KB</div></a></div>{BODY}',
        f"{TEXT} 投稿 Council votes は Towns に最初に表示されました。",
        (f'<div class="field field-name-body field-label-hidden"><div class="field-items">{BODY}</div></div>'
        '<div class="field field-type-taxonomy-term-reference field-label-above"><div class="field-label">Tags: </div>'
        '<a href="t">bridges</a></div>'),
        f'<div class="field field-name-comment-body field-label-hidden">{BODY}</div>',
        (f'<div class="field field--name-body">{BODY}</div><section class="field field--name-comment comment-wrapper">'
        "<h2>Add new comment</h2></section>"),
        (f'<span>Council votes</span>\n\n<span><span typeof="schema:Person">web editor</span></span>\n<span><time>Fri, '
        f"11/20/2026 - 10:00</time>\n</span>\n{BODY}"),
        f'<p><a href="v">View this email in your browser</a></p>{BODY}',
        f"<p>Submitted by admin on Fri, 11/20/2026 - 10:00</p>{BODY}",
        f'{BODY}<p><a href="x">Log in</a> or <a href="y">register</a> to post comments</p>',
        (f'<span>Council votes</span>\n<span><span lang="">admin</span></span>\n<span><time datetime="2026-11-20">'
        f'Fri, 11/20/2026 - 10:00</time>\n</span>\n<div>{BODY}</div>'),
        (f'<div class="field field-name-title field-type-ds"><h2>Council votes</h2></div><div class="field '
        f'field-name-author"><a href="u">admin</a></div><div class="field field-name-body">{BODY}</div>'),
    ],
)  # fmt: skip
def test_what_platforms_add_is_left_out(html):
    """Heads and tails that forums, blogs and other platforms write are no part of a text."""
    assert excerpt(html) == TEXT


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        (
            'Der Datenschutz fehlte, sagt der Rat. (<a href="t">Datenschutz</a>, <a href="u">Netze</a>)',
            "Der Datenschutz fehlte, sagt der Rat. (Datenschutz, Netze)",
        ),
        (
            f'{BODY}<p>It broke <a href="p">the rules on privacy</a>, a judge said.</p>',
            f"{TEXT} It broke the rules on privacy, a judge said.",
        ),
        (
            f'<p>This is a reply to the question of the mayor in May: <a href="q">Which bridge?</a></p>{BODY}',
            f"This is a reply to the question of the mayor in May: Which bridge? {TEXT}",
        ),
        (
            f"<p>Readers can now view plans in the browser.</p>{BODY}",
            f"Readers can now view plans in the browser. {TEXT}",
        ),
        ("<p>Its privacy policy: <a>a.example/privacy</a></p>", "Its privacy policy: a.example/privacy"),
    ],
)
def test_sentences_that_look_like_what_is_added_stay(html, whole):
    """Sentences with links are told from labels and notices by their length, and none is left out alone."""
    assert excerpt(html) == whole


@pytest.mark.parametrize(
    "html",
    [
        f'<figure><img src="a.jpg"><figcaption>The hall. Photo: Jane Doe</figcaption></figure>{BODY}',
        f'<figure><img src="a.jpg"><p>The hall in spring</p></figure>{BODY}',
        f'<div class="wp-caption alignnone"><img src="a.jpg"><p class="wp-caption-text">The hall</p></div>{BODY}',
        f'<table><tr><td><img src="a.jpg"></td></tr><tr><td class="tr-caption">The hall</td></tr></table>{BODY}',
        f'[caption id="x" align="left"]<img src="a.jpg" /> The hall[/caption]{BODY}',
        f'<p><img src="a.jpg"></p><p><em>Photo: Jane Doe / Agency</em></p>{BODY}',
        f'<img src="a.jpg"><br>Image credit: Jane Doe{BODY}',
        f'<img src="a.jpg"><p>Der Rathausplatz im Mai (Foto: Jane Doe)</p>{BODY}',
        f'<img src="a.jpg"><p>© Jane Doe</p>{BODY}',
        f'<span class="photo-credit">Jane Doe</span>{BODY}',
    ],
)
def test_captions_are_no_text(html):
    """What stands under a picture before the text is left out."""
    assert excerpt(html) == TEXT


def test_the_caption_of_a_picture_alone_is_the_text():
    """Where nothing but a picture is shown, its caption says what it is about."""
    html = f'<figure><img src="a.jpg"><figcaption>{TEXT}</figcaption></figure>'
    assert excerpt(html) == TEXT


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none;max-height:0">In short &#847; &zwnj; &#847; &zwnj;</div>',
        '<span style="color:#fff; visibility: hidden">In short</span>',
        "<div hidden>In short</div>",
        '<div aria-hidden="true"><p>In <b>short</b></p></div>',
        '<div style="font-size:0;line-height:0">In short</div>',
        '<span style="opacity:0">In short</span>',
        '<div style="mso-hide:all"><div>In</div> short</div>',
        '<span class="preheader">In short</span>',
        '<p class="sr-only">In short</p>',
        "<p>&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#8199;&#65279;&#847;</p>",
        "&#173;&#8203;&#847; &#847; ",
    ],
)
def test_what_is_not_shown_is_no_text(hidden):
    """Previews of newsletters that are hidden, and characters that cannot be seen, are left out."""
    assert excerpt(f"{hidden}{BODY}") == TEXT


@pytest.mark.parametrize(
    "html",
    [
        f'<p class="preview-text">{TEXT}</p>',
        f'<div class="field field--name-title-and-body field--label-above">{TEXT}</div>',
        f'<td style="font-size:0px;padding:20px"><div style="font-size:16px">{TEXT}</div></td>',
        f'<div style="opacity:0.9;line-height:0.5">{TEXT}</div>',
        f'<div data-hidden="no" class="unhidden">{TEXT}</div>',
        f'<div style="display:none">{TEXT}',
        f'<blockquote class="credits-roll">{TEXT}</blockquote>',
        f'<figure><img src="a.jpg"><blockquote>{TEXT}</blockquote></figure>',
    ],
)
def test_what_is_shown_stays(html):
    """What only looks like a way to hide something hides nothing."""
    assert excerpt(html) == TEXT


@pytest.mark.parametrize(
    ("text", "kept"),
    [("می‌خواهم بدانم", "می‌خواهم بدانم"), ("क्‍ष is a sign 👩‍👩‍👧 we use", "क्‍ष is a sign 👩‍👩‍👧 we use")],
)
def test_joiners_within_words_stay(text, kept):
    """Characters that cannot be seen mean something between letters."""
    assert excerpt(f"<p>{text}</p>") == kept


@pytest.mark.parametrize(
    "html",
    [
        f"<h2>Town opens bridge</h2>{BODY}",
        f"<p><strong>TOWN OPENS BRIDGE!</strong></p>{BODY}",
        f"Town opens bridge - The Example Site<br>{TEXT}",
        f"<a href='a'>Town opens bridge</a><br/>{TEXT}",
        f"<h1>Town opens bridge</h1><h2>Town opens bridge</h2>{BODY}",
        f"Town opens bridge. {TEXT}",
        f"<p><strong>Town opens bridge</strong> {TEXT}</p>",
        f"Town opens bridge | {TEXT}",
        f"Town opens bridge\n\n{TEXT}",
    ],
)
def test_the_title_is_not_said_again(html):
    """A title as a heading, a line or a sentence before the text is left out."""
    assert excerpt(html, title="Town opens bridge") == TEXT
    assert excerpt(html, title="Town opens bridge | Example") == TEXT


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Town opens bridge", "Town opens bridge after two years of building, mayor says"),
        ("Bridges", "Bridges are built where rivers part a town, and this one has eleven."),
        ("Bridges", "Bridges: eleven of them part the town, or join it, as one sees it."),
        (
            "Town opens bridge – ‘At last’",
            "Town opens bridge – ‘At last’ was heard from people of both sides.",
        ),
        ("I have used it and this is what…", "I have used it and this is what I think of it."),
    ],
)
def test_a_sentence_that_begins_as_the_title_stays(title, text):
    """The same words at the beginning of a sentence are no repetition."""
    assert excerpt(text, title=title) == text


@pytest.mark.parametrize(
    "html",
    [
        "Town opens bridge", "<p>Town opens bridge!</p>", "Town opens bridge - The Site", "Comments", "No content.",
        "[no text]", "n/a", "null", "undefined", "None", "-", "…", "Read more", "(no description)", "image", "***",
        "Watch video", "https://x.example/a", "Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20", "20.11.2026 10:00",
        "November 20, 2026", "Kein Inhalt", "Комментарии", "暂无简介", "本文なし。", "<a href='x'>Comments</a>",
        "View comments", "Kein Text vorhanden", "<p><a>joe</a> posted a photo:</p><img src='a.jpg'>",
        "&#32; submitted by &#32; <a> /u/joe </a> &#32; to &#32; <a> r/x </a> <br/> <a>[link]</a> <a>[comments]</a>",
        ('<ol><li><a href="x">One tells it</a>&nbsp;&nbsp;<font color="#6f6f6f">The Journal</font></li><li><a href="y">'
        'Others do, too</a>&nbsp;&nbsp;<font color="#6f6f6f">Herald</font></li></ol>'),
        '<a href="https://news.google.com/rss/articles/A">Other words</a>&nbsp;&nbsp;<font>The Journal</font>',
        '<ul><li><a href="x">One tells it</a> - The Journal</li><li><a href="y">Others do</a> - Herald</li></ul>',
    ],
)  # fmt: skip
def test_a_text_that_says_nothing_is_none(html):
    """The title, a word for nothing, an address, a date or others' headlines make no excerpt."""
    assert excerpt(html, title="Town opens bridge") is None


@pytest.mark.parametrize(
    "text",
    [
        "Tags: the airship had three of them on its side, all in red.",
        "Comments by the minister on the airship caused a stir in the town.",
        "The open day of the museum begins on 11/20/2026 - 10:00",
        "The plan submitted by the mayor to the council has 3 posts - 2 bridges and a link to the coast.",
        "BERLIN (AP) — The council voted on Friday.",
        "Photo: how one picture of a bridge changed a town.",
        "The library was originally published in 1990 on paper.",
        "Tags of dogs are to be worn from Friday on. It costs nothing.",
        "It opens on 20 November 2026",
        "👍🎉",
        "No content is safe from the new law.",
        "#bridge #town",
    ],
)
def test_words_of_an_article_stay(text):
    """Sentences that resemble what platforms write are an article's own."""
    assert excerpt(f"<p>{text}</p>") == text
    assert excerpt(f"<p>{text}</p><p>It goes on.</p>") == f"{text} It goes on."


def test_a_list_of_links_in_a_text_stays():
    """Links with what their author says of them are a text."""
    html = "<p>This week:</p><ul><li><a href='x'>Bridges</a> of the world</li><li><a href='y'>Roads</a></li></ul>"
    assert excerpt(html) == "This week: Bridges of the world Roads"


def test_content_stands_in_for_a_summary_that_says_nothing():
    """Where the summary is only the title, the beginning of the content is the excerpt."""
    title = "The town opens its new bridge on Friday"
    assert excerpt(title, title=title, content=BODY) == TEXT


@pytest.mark.parametrize(
    "html",
    [
        "<div style='display:none'>" * 2_000,
        "<p class=caption>" * 2_000,
        "<figure><img>" * 2_000,
        '<div class="' * 5_000,
        "[caption" * 3_000,
        "[caption x]" * 2_000,
        "<a>x" * 5_000,
        "submitted by " * 2_000,
        "<br>Photo: " * 2_000,
        "\n" * 20_000,
        "style = " * 3_000,
        "<p>" + "The post " * 2_000,
        "<span>" * 4_000,
    ],
)
def test_hostile_markup_takes_no_time(html):
    """What is never closed and repeats without end is read in a moment."""
    before = time.process_time()
    excerpt(html, title=html[:1_000])
    assert time.process_time() - before < 0.5
