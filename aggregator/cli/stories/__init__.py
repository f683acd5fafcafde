"""Commands on stories: show them, ask about them, measure them."""
