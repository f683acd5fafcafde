"""Parameters of addresses that only tell where a reader came from.

The one place to add one: only what is certain to be tracking, since a parameter may be what tells one
article from another. The names are those that browsers and feed readers strip (Brave, Firefox, ClearURLs,
Miniflux), and what publishers hang on the links of their own feeds. There is no kept package of them: those
that were published have not been for years, and the lists themselves are under the LGPL and the GPL.
"""

import re
from collections.abc import Mapping

_NAMES = frozenset({
    # The list that Brave strips and Firefox's privacy.query_stripping.strip_list began with.
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "mc_eid", "mkt_tok",
    "oly_anon_id", "oly_enc_id", "_openstat", "vero_id", "vero_conv", "wickedid", "__s", "rb_clickid",
    "s_cid", "ml_subscriber", "ml_subscriber_hash", "igshid", "_hsenc", "__hssc", "__hstc", "__hsfp",
    "hsctatracking",
    # The rules of ClearURLs for all sites (globalRules).
    "ga_source", "ga_medium", "ga_campaign", "ga_term", "ga_content", "_ga", "_gl", "gs_l", "srsltid",
    "fb_action_types", "fb_action_ids", "fb_source", "fb_ref", "action_object_map", "action_type_map",
    "action_ref_map", "cmpid", "os_ehash", "__twitter_impression", "wt_mc", "wtmc", "wt_zmc", "wtrid",
    "echobox", "spm", "tracking_source",
    # Miniflux's urlcleaner, which is made for feeds.
    "mc_cid", "_hsmi", "gclsrc", "ysclid", "sc_cid", "_bhlid", "_branch_match_id", "_branch_referrer",
    # Advertising networks and senders of newsletters.
    "ttclid", "igsh", "li_fat_id", "mibextid", "rdt_cid", "epik", "_kx", "fbadid", "irclickid", "irgwc",
    "cjevent", "tduid", "ef_id", "s_kwcid", "gad_source", "gad_campaignid", "mkwid", "pcrid", "dicbo",
    "tblci", "li_source", "li_medium", "emci", "emdi", "ceid", "dm_i", "ss_source", "ss_campaign_id",
    "ss_email_id", "sb_referer_host", "nr_email_referer", "xnpe_tifc", "_ke", "trk_contact", "trk_msg",
    "trk_module", "trk_sid",
    # What publishers hang on the links of their own feeds and pages.
    "guccounter", "guce_referrer", "guce_referrer_sig", "maca", "ftag", "xtor", "ns_source", "ns_mchannel",
    "ns_campaign", "ns_linkname", "ns_fee", "feedtype", "feedname", "ito", "ocid", "icid", "intcid",
    "intcmp", "int_cmp", "icmpid", "ref_src", "ref_url", "sr_share", "soc_src", "soc_trk", "taid",
    "xlink_src", "cx_testid", "cx_testvariant", "cx_artpos", "cx_experienceid", "_ptid", "wpisrc", "wprss",
    "n_cid", "sara_ref",
})  # fmt: skip
_PREFIXES = (
    "utm_", "hsa_", "hmb_", "itm_", "mtm_", "oft_", "otm_", "wt_mc_", "wt.", "pk_", "piwik_", "matomo_",
    "bsft_", "stm_", "at_medium", "at_campaign", "at_custom", "at_link", "at_bbc", "at_ptr", "at_format",
    "at_creation",
)  # fmt: skip
# These names also carry meaning; only these values tell that a reader came by a feed.
_FEED_VALUE = re.compile(
    r"(?:source|src|from|ref|rel|medium|cid|cmp|ncid|mbid|ito|via|partner|origin|emc|feature|mod|eref|track|fsrc"
    r"|channel|campaign|referr?er|xid)"
    r"=(?:public)?_?(?:rss(?:feed)?(?:[-_.!][-\w.!]*)?|feed|feedburner|feedly|atom)"
    r"|smid=(?:rss|tw|fb|url|em|nytcore)[-\w]*|kc=\w{0,20}?rss\w*+|ref_src=twsrc[^&]*"
    r"|rss=(?:1|true|yes)|feed=(?:rss|atom)",
    re.IGNORECASE,
)
_AT: Mapping[str, frozenset[str]] = {
    domain: frozenset(names.split())
    for domains, names in (
        ("nytimes.com", "smid smtyp partner emc rref"),
        ("washingtonpost.com", "wpmm itid tid"),
        ("wsj.com barrons.com marketwatch.com", "mod reflink"),
        ("theguardian.com guardian.co.uk", "cmp"),
        ("bbc.com bbc.co.uk", "intlink_from_url link_location"),
        ("bloomberg.com", "srnd sref leadsource"),
        ("economist.com", "fsrc"),
        ("ft.com", "ftcamp segmentid"),
        ("cnbc.com", "__source"),
        ("npr.org", "ft f"),
        ("techcrunch.com huffpost.com aol.com engadget.com yahoo.com", "ncid"),
        ("asahi.com", "iref"),
        ("youtube.com youtu.be", "feature si pp"),
        ("spotify.com", "si"),
        ("twitter.com x.com", "s t cxt"),
        ("tiktok.com", "_r _t is_from_webapp sender_device"),
        ("linkedin.com", "trk trackingid lipi refid rcm"),
        ("facebook.com", "__tn__ eid rdid"),
        ("reddit.com", "rdt share_id"),
        ("substack.com", "r triedredirect isfreemail showwelcomeonshare"),
        ("wikipedia.org", "wprov"),
        ("amazon.com amazon.co.uk amazon.de", "ref_ pf_rd_r pf_rd_p pd_rd_r pd_rd_w pd_rd_wg"),
    )
    for domain in domains.split()
}
"""What only means tracking at these registrable domains."""
_NONE: frozenset[str] = frozenset()


def is_tracking(pair: str, domain: str) -> bool:
    """Tell whether a parameter, ``name=value`` as written, is tracking in addresses of ``domain``."""
    pair = pair.removeprefix("amp;").removeprefix("#038;")
    name = pair.partition("=")[0].lower()
    return (
        name in _NAMES
        or name.startswith(_PREFIXES)
        or name in _AT.get(domain, _NONE)
        or _FEED_VALUE.fullmatch(pair) is not None
    )
