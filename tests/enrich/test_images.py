"""Picture files: their size from the first bytes, made anew without surprises, hostile ones refused."""

import io

import pytest
from PIL import Image

from aggregator.enrich import draw_monogram
from aggregator.enrich.images import check_size, read_size, recode
from aggregator.enrich.logos import make_logo_files
from aggregator.errors import ImageRefused
from tests.enrich.pictures import drawn, huge_png, picture_file

BOUNDS = {"max_pixels": 40_000_000, "max_side": 1600}


def reopened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": Image.Exif().tobytes()}),
        ("AVIF", {}),
    ],
)
def test_the_size_is_known_from_the_first_bytes(kind, options):
    """Every kind that browsers show tells its size long before its end."""
    content = picture_file(kind, 603, 405, seed=3, **options)
    size = read_size(content[: min(1000, len(content) - 1)])
    assert (size.width, size.height, size.kind) == (603, 405, kind)


def test_a_turned_photograph_has_the_size_that_is_shown():
    """The orientation in a photograph's EXIF counts for its size and is applied when it is made anew."""
    exif = Image.Exif()
    exif[0x0112] = 6
    content = picture_file("JPEG", 600, 400, exif=exif)
    assert (read_size(content).width, read_size(content).height) == (400, 600)
    made = recode(content, **BOUNDS)
    assert (made.width, made.height) == (400, 600) == reopened(made.content).size


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "SVG"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><title>Not here</title>", "HTML"),
        (b"", "empty"),
        (b"GIF89a", "broken"),
        (picture_file("PNG")[:15], "broken"),
        (picture_file("WEBP")[:22], "broken"),
        (picture_file("AVIF")[:40], "broken"),
        (picture_file("TIFF"), "neither"),
        (huge_png(), "30000 x 30000"),
        (huge_png(0, 10), "broken"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(content, reason):
    """The content decides, not its label; nothing is decoded of what has too many pixels."""
    with pytest.raises(ImageRefused, match=reason):
        check_size(content, max_pixels=40_000_000)
    with pytest.raises(ImageRefused, match=reason):
        recode(content, **BOUNDS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_truncated_picture_is_not_made_anew(kind):
    """A picture whose end is missing has a size, and cannot be decoded."""
    content = picture_file(kind, 900, 700, seed=5)
    with pytest.raises(ImageRefused, match="cannot be decoded"):
        recode(content[: len(content) // 2], **BOUNDS)


def test_a_picture_made_anew_is_plain_and_always_the_same():
    """A progressive RGB JPEG within the bound, without metadata, byte for byte the same each time."""
    exif = Image.Exif()
    exif[0x010F] = "A camera with a serial number"
    content = picture_file("JPEG", 2000, 1000, exif=exif, comment=b"private")
    made = recode(content, max_pixels=40_000_000, max_side=800)
    assert made == recode(content, max_pixels=40_000_000, max_side=800)
    picture = reopened(made.content)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (800, 400))
    assert picture.info["progressive"]
    assert not picture.getexif()
    assert b"camera" not in made.content
    assert b"private" not in made.content
    assert (made.original.width, made.original.height) == (2000, 1000)


def test_small_pictures_are_not_enlarged_and_modes_are_made_rgb():
    """Palettes, greys, CMYK and transparency become RGB, what was transparent white."""
    for kind, mode in (
        ("PNG", "P"),
        ("PNG", "LA"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("GIF", "P"),
    ):
        made = recode(picture_file(kind, 60, 40, mode=mode), **BOUNDS)
        assert (reopened(made.content).mode, made.width, made.height) == ("RGB", 60, 40), (kind, mode)
    out = io.BytesIO()
    Image.new("RGBA", (60, 40), (255, 0, 0, 0)).save(out, "PNG")
    assert min(reopened(recode(out.getvalue(), **BOUNDS).content).getpixel((30, 20))) > 250


def test_of_a_moving_picture_the_first_frame_is_kept():
    """An animation becomes its first frame."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    red, _, blue = reopened(recode(out.getvalue(), **BOUNDS).content).getpixel((30, 20))
    assert red > 200
    assert blue < 50


def test_a_logo_is_square_on_white_in_two_sizes():
    """Both files of a record's provider are JPEGs of their size, the logo whole and in the middle."""
    files = make_logo_files(picture_file("PNG", 300, 100))
    assert {side: reopened(content).size for side, content in files.items()} == {
        50: (50, 50),
        400: (400, 400),
    }
    assert min(reopened(files[400]).getpixel((200, 20))) > 250


def test_of_an_icon_the_largest_picture_is_the_logo():
    """An ICO with pictures of 16 and 128 pixels gives the sharp one."""
    out = io.BytesIO()
    drawn(128, 128).save(out, "ICO", sizes=[(16, 16), (128, 128)])
    sharp, blurred = make_logo_files(out.getvalue())[50], make_logo_files(picture_file("PNG", 16, 16))[50]
    assert sharp != blurred
    assert len(sharp) > 0


def test_what_shows_nothing_is_no_logo():
    """Blank, tiny and broken files are refused with their reasons."""
    blank = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(blank, "PNG")
    for content, reason in (
        (blank.getvalue(), "blank"),
        (picture_file("PNG", 8, 8), "too small"),
        (b"<html></html>", "cannot be decoded"),
        (huge_png(), "pixels"),
    ):
        with pytest.raises(ImageRefused, match=reason):
            make_logo_files(content)


def test_a_monogram_is_the_same_each_time_and_safe():
    """The letter is the name's first, escaped, the colour the domain's; a name of signs gives the domain's."""
    assert draw_monogram("Élan", "elan.example") == draw_monogram("Élan", "elan.example")
    assert ">P<" in draw_monogram("The Planet", "planet.example")
    assert ">É<" in draw_monogram("élan", "elan.example")
    assert ">E<" in draw_monogram("<&>", "elan.example")
    assert ">?<" in draw_monogram("", "")
    assert draw_monogram("A", "a.example") != draw_monogram("A", "b.example")
