"""What an operator can do about a document that cannot be read."""

LOOK = "open it in a browser, the feed may have moved"
REPORT = "please report it with the document"
