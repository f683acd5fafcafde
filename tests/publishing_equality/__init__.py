"""Publishing step by step gives the same bytes as building the tree anew, whatever happened before."""
