"""What each page of the desk shows: a function that reads the store and returns values for its template."""
