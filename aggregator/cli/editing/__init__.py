"""Commands of editors: decide, plan, try rules, review, and explain what came of it."""
