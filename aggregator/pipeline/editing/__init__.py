"""What editors are shown before they decide, and what is done then: by commands and at the desk."""
