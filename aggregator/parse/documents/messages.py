"""What error messages tell an operator to do about a document that cannot be read."""

LOOK = "open it in a browser, the feed may have moved"
REPORT = "please report it with the document"
