"""Commands that go on until they are stopped, and what tells of them."""
