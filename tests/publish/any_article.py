"""Articles as hostile as sources can make them, for properties that hold for any."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from aggregator.model import Article, Enclosure, Image, Provider

texts = st.text(st.characters(), max_size=60) | st.text(alphabet="<>&\"']\x00\ufffe \ud800aä", max_size=20)
urls = st.builds(
    "{}{}".format, st.sampled_from(["https://", "http://u:p@x.example/", "javascript:", ""]), texts
)
numbers = st.none() | st.integers(-2, 5000)
moments = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds + 0.5, UTC))
images = st.builds(Image, url=urls, width=numbers, height=numbers, title=texts, attribution=texts)
enclosures = st.builds(
    Enclosure, url=urls, mime_type=st.none() | texts | st.just("audio/mpeg"), length_bytes=numbers
)
articles = st.builds(
    Article,
    id=st.integers(0, 3).map(lambda number: str(UUID(int=number))) | st.uuids().map(str),
    source_id=texts,
    provider=st.builds(Provider, domain=texts, name=texts, images=st.tuples(images)),
    title=texts,
    published_at=moments,
    first_seen_at=moments,
    updated_at=moments,
    excerpt=st.none() | texts,
    original_url=st.none() | urls,
    web_url=st.none() | urls,
    amp_url=st.none() | urls,
    cdn_amp_url=st.none() | urls,
    type=st.sampled_from(["article", "video"]),
    featured_content=st.none() | texts,
    images=st.lists(images, max_size=2).map(tuple),
    enclosures=st.lists(enclosures, max_size=2).map(tuple),
    authors=st.lists(texts, max_size=2).map(tuple),
    language=st.none() | texts | st.sampled_from(["de", "pt-BR"]),
    topics=st.lists(st.sampled_from(["ai", "computer-vision", "gone"])).map(tuple),
    credit=st.none() | texts,
)
