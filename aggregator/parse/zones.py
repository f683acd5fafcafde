"""Names of time zones as dates state them, in minutes east of UTC.

``UT`` to ``PDT`` are those of RFC 822 section 5.1; the military letters mean nothing certain and
count as UTC (RFC 5322 section 4.3). The others are the abbreviations of the IANA time zone database
that feeds were seen to use. Where one stands for several zones (``IST``, ``CST``, ``BST``, ``AST``)
it is the RFC's, else that of the most people who publish with it.
"""

ZONE_MINUTES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "AST": -240, "ADT": -180, "NST": -210, "NDT": -150,
    "BRT": -180, "BRST": -120, "ART": -180, "CLT": -240, "CLST": -180, "COT": -300, "PET": -300,
    "WEST": 60, "BST": 60, "IST": 330, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120,
    "EET": 120, "EEST": 180, "SAST": 120, "CAT": 120, "EAT": 180, "WAT": 60, "TRT": 180,
    "MSK": 180, "MSD": 240, "GST": 240, "PKT": 300, "WIB": 420, "ICT": 420,
    "SGT": 480, "HKT": 480, "PHT": 480, "AWST": 480, "JST": 540, "KST": 540,
    "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}  # fmt: skip
