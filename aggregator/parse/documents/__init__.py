"""From the bytes of a document to its entries, whatever its encoding, format and faults."""
