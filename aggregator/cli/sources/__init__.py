"""Commands on sources: find, add, import, move and remove them."""
