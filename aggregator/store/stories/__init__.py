"""Stories: their articles, ids, links, what editors and readers said of them."""
