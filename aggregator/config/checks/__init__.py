"""What is wrong or surely a mistake, in the operator's words, with its line."""
