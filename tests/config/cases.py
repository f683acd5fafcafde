"""What is wrong in a file, and a part of the problem that it gives; None where nothing is wrong."""

SETTINGS = [
    (
        "fetch:\n  timout_s: 4\n",
        (
            "settings.yaml:2: fetch.timout_s: unknown key, did you mean timeout_s? allowed: timeout_s, "
            "connect_timeout_s, max_body_bytes, max_redirects, concurrency, per_host, per_domain, domain_delay_s, "
            "allow_private_addresses, allowed_networks, proxy, proxy_from_environment, user_agent"
        ),
    ),
    ("sites: {}\n", "settings.yaml:1: sites: unknown key, did you mean site? allowed: site, storage, "),
    ("fetch:\n  per_host: 900", "settings.yaml:2: fetch.per_host: 900 is too large, allowed: 1 to 100"),
    ("heat: {half_life_h: 0}", "settings.yaml:1: heat.half_life_h: 0 is too small, allowed: 0.1 to 87600"),
    (
        "heat: {half_life_h: .nan}",
        "settings.yaml:1: heat.half_life_h: .nan is no finite number, allowed: 0.1 to",
    ),
    ("stories: {dense_model: ''}", None),
    (
        "stories:\n  dense_model: models/minilm",
        "settings.yaml:2: stories.dense_model: there is no second opinion on stories any more, allowed: no such key",
    ),
    ("fetch: {max_redirects: 1.5}", "fetch.max_redirects: 1.5 is no whole number, allowed: 0 to 20"),
    ("fetch: {timeout_s: soon}", "settings.yaml:1: fetch.timeout_s: soon is text, allowed: 0.1 to 600"),
    ("fetch: {max_redirects: true}", "fetch.max_redirects: true is a truth value, allowed: 0 to 20"),
    (
        "\n\nfetch: {allow_private_addresses: 1}",
        "settings.yaml:3: fetch.allow_private_addresses: 1 is a number, allowed: true or false",
    ),
    ("fetch: {allowed_networks: [10.0.0.0/8, 'fd00::/8', 10.1.2.3]}", None),
    (
        "fetch: {allowed_networks: [10.1.0.0/8]}",
        "settings.yaml:1: fetch.allowed_networks[0]: 10.1.0.0/8 is no network, allowed: a network such as",
    ),
    (
        "alerts:\n  webhook: https://h.example/",
        "settings.yaml:1: alerts.webhook_secret: missing beside webhook, allowed: ${NAME} of the environment",
    ),
    (
        "alerts: {webhook: 'https://h.example/', webhook_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La}",
        "settings.yaml:1: alerts.webhook_secret: is written out, allowed: ${NAME} of the environment",
    ),
    (
        "alerts: {mail_server: 'smtp://ann:pw@m.example', mail_from: a@b.example, mail_to: [c@d.example]}",
        "settings.yaml:1: alerts.mail_server: holds a user name or password, allowed: those of ${NAME}",
    ),
    ("alerts: {mail_server: 'smtp://m.example'}", "settings.yaml:1: alerts.mail_from: missing beside"),
    ("alerts: {mail_to: [ann]}", "settings.yaml:1: alerts.mail_to[0]: is no e-mail address, allowed:"),
    (
        "alerts: {services: ['ntfys://${NOPE}']}",
        "settings.yaml:1: alerts.services: NOPE is not set in the environment, allowed: a ${NAME} that is set",
    ),
    (
        "alerts: {services: [topic]}",
        "settings.yaml:1: alerts.services[0]: is no address of Apprise's, allowed:",
    ),
    ("server: 8080", "settings.yaml:1: server: 8080 is a number, allowed: a mapping of keys"),
    ("server: [8080]", "settings.yaml:1: server: the value is a list, allowed: a mapping of keys"),
    (
        "site:\n  title: yes",
        'settings.yaml:2: site.title: yes is a truth value, quote it: "yes", allowed: text',
    ),
    ("site:\n  title: 1e3.5", None),
    ("site:\n  title: 1.0e+3", 'site.title: 1.0e+3 is a number, quote it: "1.0e+3", allowed: text'),
    ("site:\n  title: 2020-09-14", 'site.title: 2020-09-14 is a date, quote it: "2020-09-14", allowed: text'),
    ("site:\n  title:", "settings.yaml:2: site.title: is empty, allowed: text"),
    ("site:\n  title: ' '", "settings.yaml:2: site.title: is empty, allowed: text"),
    ('site: {title: "a\\0b"}', "site.title: a?b holds a control character, allowed: text"),
    ("site: {base_url: news.example}", "site.base_url: news.example is no absolute http or https address"),
    (
        "site: {base_url: 'https://n.example/?a'}",
        "site.base_url: https://n.example/?a has a query or fragment",
    ),
    ("site: {locale: English!}", "site.locale: English! is no language, allowed: a language tag such as"),
    ("site: {contact: 'Zoë'}", "site.contact: holds what a User-Agent header cannot carry"),
    (
        "storage: {data_dir: feeds/data}",
        "storage.data_dir: lies within feeds_dir and would be public, allowed:",
    ),
    (
        "storage: {database: 'mysql://x:pw@y'}",
        "storage.database: is no database address, allowed: sqlite:///PATH",
    ),
    ("storage: {database: 7}", "storage.database: the value is a number, quote it, allowed: sqlite:///PATH"),
    ("storage:\n  database: 'postgresql://u:pw@h:5432/d?sslmode=require'", None),
    ("storage: {database: 'postgres://u:p%40w@h/d'}", None),
    ("storage: {database: 'postgresql:///d?host=/run/postgresql'}", None),
    (
        "storage:\n  database: 'postgresql://u:pw@h'",
        "settings.yaml:2: storage.database: names no database, allowed: sqlite:///PATH, postgresql://USER",
    ),
    (
        "storage: {database: 'postgresql://u:p@w@h/d'}",
        "storage.database: cannot be read: signs such as @ : / in a password are written %40 %3A %2F, allowed:",
    ),
    (
        "storage: {database: 'postgresql://u:p/w@h/d'}",
        "storage.database: cannot be read: signs such as @ : / in a password are written %40 %3A %2F, allowed:",
    ),
    (
        "storage: {database: 'postgresql+asyncpg://u:pw@h/d'}",
        "storage.database: is no database address, allowed: sqlite:///PATH",
    ),
    (
        "storage:\n  database: 'sqlite:////srv/${PW}/d'",
        "settings.yaml:2: storage.database: PW is not set in the environment, allowed: a ${NAME} that is set",
    ),
    (
        "polling:\n  default_interval_min: 60\n  min_interval_min: 90\n  max_interval_min: 80\n",
        "settings.yaml:3: polling.min_interval_min: 90 is more than max_interval_min, allowed: up to 80",
    ),
    (
        "publish:\n  max_items: 10\n  min_items: 11\n",
        "settings.yaml:3: publish.min_items: 11 is more than max_items, allowed: up to 10",
    ),
    (
        "publish: {retention_days: 5}",
        "publish.retention_days: 5 is less than window_days, allowed: 7 or more",
    ),
    ("server: {host: 'a b'}", "server.host: a b is no host name, allowed: an IP address or host name"),
    ("server: {port: 65536}", "server.port: 65536 is too large, allowed: 0 to 65535"),
    ("server: {port: 80\n", "settings.yaml:1: yaml: while parsing a flow mapping"),
    ("site:\n\ttitle: x\n", "settings.yaml:2: yaml: a tab in the indentation, allowed: spaces"),
    ("a: b: c\n", "settings.yaml:1: yaml: mapping values are not allowed"),
    ("site: {}\nheat: a: b\n", 'allowed: a value that holds ": " in quotes'),
    ("site: @me\n", "allowed: a value that begins with a sign such as @, % or ` in quotes"),
    ("site: *\n", "allowed: a value that begins with * or & in quotes"),
    ("site: *x\n", "allowed: a value that begins with * in quotes"),
    ("site: {title: 'x}\n", "allowed: a quote at the end of the value as at its beginning"),
    ('site: {title: "a\\d"}\n', "allowed: a value that holds a backslash in single quotes"),
    ("site: [a, b\n", "allowed: a list as [a, b], with a comma between its items and ] at the end"),
    ("site: {title: x\n", "allowed: keys as {a: 1, b: 2}, with a comma between them and } at the end"),
    ("site:\n- a\n- b\n  c: d\n", 'allowed: a value that holds ": " in quotes'),
    ("site:\n  - a\n  b: 1\n", "allowed: items that begin with - below each other, equally far in"),
    ("site:\n  title: x\n contact: y\n", "allowed: keys of one entry below each other, equally far in"),
    ("  site: {}\n heat: {}\n", "allowed: keys below each other, equally far in"),
    ("site:\n  title: x\n  oops\nheat: {}\n", "allowed: a key and its value as key: value"),
    ("site: {}\n---\nsite: {}\n", "settings.yaml:2: yaml: expected a single document"),
    ("site: {}\nheat: {}\nsite: {}\n", "settings.yaml:3: site: given twice (first in line 1), allowed: once"),
    (
        "site: !!python/object:os.system {}\n",
        "settings.yaml:1: site: the tag tag:yaml.org,2002:python/object:os",
    ),
    ("site: !mine x\n", "settings.yaml:1: site: the tag !mine, allowed: values without a tag"),
    ("site: &x [*x]\n", "settings.yaml:1: site[0]: an alias of what it stands in, allowed: plain values"),
    ("site: *nowhere\n", "settings.yaml:1: yaml: found undefined alias"),
    ("? [a]\n: b\n", "settings.yaml:1: yaml: a list or mapping as a key, allowed: a name"),
    (
        "site: 2020-13-45\n",
        "settings.yaml:1: site: 2020-13-45 cannot be read as timestamp, allowed: quoted text",
    ),
    ("x" * 99 + ": 1\n", "settings.yaml:1: " + "x" * 59 + "…: unknown key, allowed: site"),
    ("- " * 5000, "settings.yaml:1: yaml: nested over 50 levels deep, allowed: YAML"),
    ('"": 1\n', 'settings.yaml:1: "": unknown key, allowed: site'),
    ('site: {"": 1}\n', 'settings.yaml:1: site."": unknown key, allowed: title'),
    ('site: {" ": 1}\n', 'settings.yaml:1: site." ": unknown key, allowed: title'),
    ('"": 1\n"": 2\n', 'settings.yaml:2: "": given twice (first in line 1), allowed: once'),
    ("- \n", "settings.yaml:1: the value is a list, allowed: a mapping of keys"),
    ("''\n", 'settings.yaml:1: "" is text, allowed: a mapping of keys'),
    ("server: {host: ''}\n", 'settings.yaml:1: server.host: "" is no host name, allowed: an IP address'),
    ("server: {host: ' '}\n", 'settings.yaml:1: server.host: " " is no host name, allowed: an IP address'),
    ("server: {port: ''}\n", 'settings.yaml:1: server.port: "" is text, allowed: 0 to 65535'),
    ("ok: \x07\n", "settings.yaml:1: yaml: the control character U+0007, allowed: printable text"),
]

SOURCES = [
    (
        "sources:\n- url: https://a.example/\n  weight: 80\n",
        ":3: sources[0].weight: 80 is too large, allowed: -50 to 50",
    ),
    ("sources: ['']\n", ':1: sources[0]: "" is text, allowed: a mapping of keys'),
    ("sources:\n- url: ''\n", ':2: sources[0].url: "" is no absolute http or https address, allowed:'),
    (
        "sources:\n- url: https://a.example/\n  topics: ['']\n",
        ':3: sources[0].topics[0]: no topic "" in topics',
    ),
    (
        "sources:\n- url: https://a.example/\n  headers: {'': x}\n",
        ':3: sources[0].headers."": no header name',
    ),
    ("sources:\n- name: A\n", ":2: sources[0].url: missing, allowed: an absolute http or https address"),
    (
        "sources:\n- url: /feed.xml\n",
        ":2: sources[0].url: /feed.xml is no absolute http or https address, allowed:",
    ),
    (
        "sources:\n- url: ftp://a.example/\n",
        ":2: sources[0].url: ftp://a.example/ is no absolute http or https address, allowed:",
    ),
    ("sources:\n- url: a.example/feed\n", "address, did you mean https://a.example/feed? allowed:"),
    ("sources:\n- url: a.example:8080/f\n", "address, did you mean https://a.example:8080/f? allowed:"),
    ("sources:\n- url: feed://a.example/f\n", "address, did you mean https://a.example/f? allowed:"),
    ("sources:\n- url: feed:http://a.example/f\n", "address, did you mean http://a.example/f? allowed:"),
    ("sources:\n- url: htps://a.example/f\n", "address, did you mean https://a.example/f? allowed:"),
    ("sources:\n- url: http:/a.example/f\n", "address, did you mean http://a.example/f? allowed:"),
    ("sources:\n- url: “https://a.example/f”\n", "address, did you mean https://a.example/f? allowed:"),
    ("sources:\n- url: mars\n", "mars is no absolute http or https address, allowed:"),
    ("sources:\n- url: mailto:a@b.example\n", "b.example is no absolute http or https address, allowed:"),
    ("sources:\n- url: http://[::1\n", ":2: sources[0].url: http://[::1 is no address, allowed:"),
    (
        "sources:\n- url: https://a.example:99999/\n",
        ":2: sources[0].url: https://a.example:99999/ is no address",
    ),
    (
        "sources:\n- url: https://a.example/a b\n",
        ":2: sources[0].url: https://a.example/a b holds spaces or is too",
    ),
    (
        "sources:\n- url: https://me:pw@a.example/\n",
        ":2: sources[0].url: holds a user name or password: use headers",
    ),
    (
        "sources:\n- url: https://a.example/x\n- url: http://www.a.example/x/\n",
        ":3: sources[1].url: http://www.a.example/x/ is also sources[0] (line 2), allowed: each url once",
    ),
    (
        "sources:\n- url: https://a.example/x\n  id: a\n- url: https://b.example/x\n  id: a\n",
        ":5: sources[1].id: a is also sources[0] (line 2), allowed: an id of its own",
    ),
    (
        "sources:\n- {url: 'https://a.example/x/y'}\n- {url: 'https://a.example/x-y'}\n",
        (
            ":3: sources[1].id: a-example-x-y (made from the address) is also sources[0] (line 2), "
            "allowed: an id of its own"
        ),
    ),
    (
        "sources: [{url: 'https://a.example/', id: A B}]",
        ":1: sources[0].id: A B is no id, allowed: a-z, 0-9, hyphens",
    ),
    (
        "sources:\n- url: https://a.example/\n  topics:\n  - ai\n  - robot\n",
        ":5: sources[0].topics[1]: no topic robot in topics.yaml, did you mean robots? allowed: ai, robots",
    ),
    (
        "sources:\n- url: https://a.example/\n  assign: true\n",
        ":3: sources[0].assign: true without topics, allowed: with topics beside it",
    ),
    (
        "sources: [{url: 'https://a.example/', topics: ai}]",
        "sources[0].topics: ai is text, allowed: a list of topic ids",
    ),
    (
        "sources: [{url: 'https://a.example/', provider: 'https://a.example/'}]",
        "sources[0].provider: https://a.example/ is no host name",
    ),
    (
        "sources: [{url: 'https://a.example/', language: no}]",
        'language: no is a truth value, quote it: "no", allowed: a language',
    ),
    (
        "sources:\n- url: https://a.example/\n  poll:\n    min_interval_min: 90\n    max_interval_min: 80\n",
        ":4: sources[0].poll.min_interval_min: 90 is more than max_interval_min beside it, allowed: up to 80",
    ),
    (
        "sources:\n- url: https://a.example/\n  poll:\n    max_interval_min: 5\n",
        (
            ":4: sources[0].poll.max_interval_min: 5 is less than min_interval_min of polling in "
            "settings.yaml, allowed: 15 or more"
        ),
    ),
    (
        "sources:\n- url: https://a.example/\n  poll: {min_interval_min: 2000}\n",
        (
            ":3: sources[0].poll.min_interval_min: 2000 is more than max_interval_min of polling in "
            "settings.yaml, allowed: up to 1440"
        ),
    ),
    (
        "sources: [{url: 'https://a.example/', poll: {min_intervall: 5}}]",
        "sources[0].poll.min_intervall: unknown key, did you mean min_interval_min?",
    ),
    (
        "sources:\n- url: https://a.example/\n  headers:\n    X-A: b\n    X-Token: ${NOPE}\n",
        ":5: sources[0].headers.X-Token: NOPE is not set in the environment, allowed: a ${NAME} that is set",
    ),
    (
        "sources: [{url: 'https://a.example/', headers: {X: '${a-b}'}}]",
        "sources[0].headers.X: ${ without a variable's name and }, allowed: ${NAME}",
    ),
    (
        "sources: [{url: 'https://a.example/', headers: {X Y: a}}]",
        "sources[0].headers.X Y: no header name, allowed: letters",
    ),
    (
        'sources: [{url: "https://a.example/", headers: {X: "a\\nb"}}]',
        "sources[0].headers.X: holds a character that no header value can",
    ),
    (
        "sources: [{url: 'https://a.example/', headers: {X: 12}}]",
        "sources[0].headers.X: the value is a number, quote it, allowed: text",
    ),
    (
        "sources: [{url: 'https://a.example/', headers: {Host: b}}]",
        "sources[0].headers.Host: set by fetching itself, allowed: none of accept-",
    ),
    ("sources: [https://a.example/]", "sources[0]: https://a.example/ is text, allowed: a mapping of keys"),
    ("sources: {url: 'https://a.example/'}", ":1: sources: no list, allowed: a list of sources"),
    (
        "sources:\n",
        ":1: sources: nothing stands below it, allowed: a list of sources; `sources: []` begins one",
    ),
    ("# ours\nsources:\n  # - url: https://a.example/\n", ":2: sources: nothing stands below it, allowed:"),
    ("sources: null\n", ":1: sources: nothing stands below it, allowed: a list of sources"),
    ("sources: []\n", None),
    ("source: []\n", ":1: sources: missing, allowed: a list of sources; `sources: []` begins one"),
    ("source: []\n", ":1: source: unknown key, did you mean sources? allowed: sources"),
    (
        "- url: https://a.example/\n",
        ":1: sources: the file holds no key sources, allowed: sources: and a list below it",
    ),
    ("", "sources.yaml: sources: missing, allowed: a list of sources; `sources: []` begins one"),
]

TOPICS = [
    ("topics: [{id: ai, name: AI}]\n", None),
    ("topics:", ":1: topics: nothing stands below it, allowed: a list of topics; `topics: []` begins one"),
    ("---\ntopics:  # soon\n...\n", ":2: topics: nothing stands below it, allowed: a list of topics"),
    ("topics: ~\n", ":1: topics: nothing stands below it, allowed: a list of topics"),
    ("topics: []\n", None),
    ("topics:\n- id: ai\n", ":2: topics[0].name: missing, allowed: text"),
    (
        "topics: [{id: AI, name: AI}]",
        "topics[0].id: AI does not fit in an address, allowed: a-z, 0-9 and hyphens",
    ),
    (
        "topics: [{id: a/b, name: AI}]",
        "topics[0].id: a/b does not fit in an address, allowed: a-z, 0-9 and hyphens",
    ),
    (
        "topics: [{id: all, name: All}]",
        "topics[0].id: all is reserved, allowed: none of all, stories, articles, api",
    ),
    ("topics: [{id: _x, name: X}]", "topics[0].id: _x is reserved, allowed: none of all,"),
    (
        "topics:\n- {id: a, name: A}\n- {id: a, name: B}\n",
        ":3: topics[1].id: a is also topics[0] (line 2), allowed: each id once",
    ),
    (
        "topics:\n- {id: robots, name: R}\n- id: arms\n  name: A\n  parent: robot\n",
        ":5: topics[1].parent: no topic robot in topics.yaml, did you mean robots?",
    ),
    (
        "topics:\n- id: a\n  name: A\n  parent: a\n",
        ":4: topics[0].parent: goes round in a circle (a > a), allowed: a topic that is not",
    ),
    (
        (
            "topics:\n- {id: a, name: A, parent: c}\n- {id: b, name: B, parent: c}\n"
            "- {id: c, name: C, parent: b}\n"
        ),
        ":3: topics[1].parent: goes round in a circle (b > c > b), allowed: a topic that is not below it",
    ),
    (
        "topics: [{id: a, name: A, keywords: [ai, 5]}]",
        'topics[0].keywords[1]: 5 is a number, quote it: "5", allowed: text',
    ),
    ("topics: [{id: a, name: A, keywords: ['']}]", "topics[0].keywords[0]: is empty, allowed: text"),
    (
        "topics: [{id: a, name: A, hashtags: ['#']}]",
        "topics[0].hashtags[0]: # is no hashtag, allowed: letters, digits",
    ),
    ("topics: [{id: a, name: A, limit: 0}]", "topics[0].limit: 0 is too small, allowed: 1 to 10000"),
    (
        "topics: [{id: a, name: A, quality_threshold: 101}]",
        "topics[0].quality_threshold: 101 is too large, allowed: 0 to 100",
    ),
    (
        "topics: [{id: a, name: A, images: [{url: x, width: 0}]}]",
        "topics[0].images[0].width: 0 is too small, allowed: 1 to 100000",
    ),
    (
        "topics: [{id: a, name: A, images: [{}]}]",
        "topics[0].images[0].url: missing, allowed: an absolute http or",
    ),
]

PROVIDERS = [
    ("", None),
    ("providers:\n", None),
    ("providers:\n- name: X\n", ":2: providers[0].domain: missing, allowed: a host name such as example.org"),
    (
        "providers: [{domain: zdnet.com/tech}]",
        "providers[0].domain: zdnet.com/tech is no host name, allowed: a host name",
    ),
    ("providers: [{domain: -a.example}]", "providers[0].domain: -a.example is no host name"),
    ("providers: [{domain: 'ü..example'}]", "providers[0].domain: ü..example is no host name"),
    (
        "providers:\n- domain: a.example\n- domain: A.example\n",
        ":3: providers[1].domain: a.example is also providers[0] (line 2)",
    ),
    (
        "providers: [{domain: a.example, weight: -51}]",
        "providers[0].weight: -51 is too small, allowed: -50 to 50",
    ),
]

RULE = "rules:\n- id: a\n  when: has_image\n"

CURATION = [
    ("", None),
    ("rules:\n", None),
    (RULE + "  then: {drop: true}\n", None),
    (RULE + "  stop: true\n", None),
    (RULE + "  then: {hold: 90m, add_topic: ai, quality: -20, type: video, review: true}\n", None),
    (RULE + "  then: {hold: 2 d}\n  from: 2026-01-01\n  until: 2026-01-01 18:00\n", None),
    (RULE + "  stop: true\n  days: [mon, sun]\n  hours: 22:00-07:00\n  time_zone: Asia/Tokyo\n", None),
    (RULE + "  stop: true\n  days: fri\n  hours: 9:00 - 24:00\n", None),
    (RULE, "curation.yaml:2:3: rules[0].then: it does nothing, allowed: one of drop, hold, add_topic"),
    ("rules:\n- when: has_image\n  stop: true", ":2:3: rules[0].id: missing, allowed: a-z, 0-9, hyphens,"),
    ("rules:\n- id: A\n  stop: true", ":2:3: rules[0].id: A is no id, allowed: a-z, 0-9"),
    ("rules:\n- id: a\n  stop: true", ":2:3: rules[0].when: missing, allowed: a list of clauses in CEL"),
    ("rules:\n- id: a\n  when: []\n  stop: true", ":3:3: rules[0].when: is empty, allowed: a list of"),
    (
        "rules:\n- id: a\n  when: [true]\n  stop: true",
        ":3:10: rules[0].when[0]: true is a truth value, quote",
    ),
    (
        "rules:\n- id: a\n  when:\n  - has_image\n  - titel == ''\n  stop: true",
        ":5:5: rules[0].when[1]: no field or function titel, did you mean title? allowed: title, excerpt",
    ),
    (
        'rules:\n- id: a\n  when: "title == \\"x\\" && titel == \'\'"\n  stop: true',
        ":3:28: rules[0].when: no field or function titel",
    ),
    (
        "rules:\n- id: a\n  when: 'title == ''x'' && titel == 1'\n  stop: true",
        ":3:28: rules[0].when: no field or function titel",
    ),
    (
        "rules:\n- id: a\n  when: |\n    has_image\n\n    && titel == ''\n  stop: true",
        ":6:8: rules[0].when: no field or function titel",
    ),
    (
        "rules:\n- id: a\n  when: >-\n    has_image\n    && titel == ''\n  stop: true",
        ":5:8: rules[0].when: no field or function titel",
    ),
    (
        "rules:\n- id: a\n  when: has_image\n    && titel == ''\n  stop: true",
        ":4:8: rules[0].when: no field or function titel",
    ),
    (
        "rules:\n- id: a\n  when: title.matches('[')\n  stop: true",
        ":3:23: rules[0].when: no pattern (missing ]: [), allowed: a pattern of RE2",
    ),
    (
        "rules:\n- id: a\n  when: title == 1\n  stop: true",
        ":3:15: rules[0].when: == does not take text and a whole number, allowed: values of one kind",
    ),
    (
        RULE + "  topics: [ai, roborts]\n  stop: true",
        ":4:16: rules[0].topics[1]: no topic roborts in topics.yaml",
    ),
    (RULE + "  then: {add_topic: io}", "4:10: rules[0].then.add_topic: no topic io in topics.yaml"),
    (RULE + "  then: {drop: yeah}", ":4:10: rules[0].then.drop: yeah is text, allowed: true or false"),
    (
        RULE + "  then: {qualty: 1}",
        "rules[0].then.qualty: unknown key, did you mean quality? allowed: drop, hold,",
    ),
    (RULE + "  then: {quality: 101}", "rules[0].then.quality: 101 is too large, allowed: -100 to 100"),
    (
        RULE + "  then: {hold: 6}",
        "rules[0].then.hold: 6 is no time span, allowed: a time span such as 90m, 6h or",
    ),
    (
        RULE + "  then: {hold: 99d}",
        "rules[0].then.hold: 99d is no time or over 60 days, allowed: a time span",
    ),
    (RULE + "  then: {type: audio}", "rules[0].then.type: audio is text, allowed: article or video"),
    (RULE + "  stop: true\n  until: soon", ":5:3: rules[0].until: soon is no date, allowed: a date such as"),
    (RULE + "  stop: true\n  from: 0001-01-01", "rules[0].from: 0001-01-01 is no date of these centuries"),
    (
        RULE + "  stop: true\n  until: 2026-01-01\n  from: 2026-02-01",
        ":5:3: rules[0].until: it ends before it begins, allowed: a time after from",
    ),
    (RULE + "  stop: true\n  days: [monday]", "rules[0].days[0]: monday is text, allowed: mon, tue,"),
    (
        RULE + "  stop: true\n  hours: 9-17",
        "rules[0].hours: 9-17 is no span of hours, allowed: hours such as",
    ),
    (RULE + "  stop: true\n  hours: 9:00-09:00", "rules[0].hours: 9:00-09:00 begins when it ends"),
    (
        RULE + "  stop: true\n  time_zone: Europe/Berln",
        "rules[0].time_zone: Europe/Berln is no time zone, did you mean Europe/Berlin? allowed: a time zone",
    ),
    (
        RULE + "  stop: true\n- id: a\n  when: is_copy\n  stop: true",
        ":5:3: rules[1].id: a is also rules[0] (line 2), allowed: each id once",
    ),
    (
        "rules:\n- id: a\n  when: is_copy && story.articles > 2\n  then: {no_story: true}",
        ":3:20: rules[0].when: asks for the story that no_story would change, allowed: no field of story",
    ),
    ("rule: []", "curation.yaml:1:1: rule: unknown key, did you mean rules? allowed: rules"),
]

CASES = [
    *(("settings", *case) for case in SETTINGS),
    *(("sources", *case) for case in SOURCES),
    *(("topics", *case) for case in TOPICS),
    *(("providers", *case) for case in PROVIDERS),
    *(("curation", *case) for case in CURATION),
]
