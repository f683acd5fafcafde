"""Sources that are broken or mean harm, one behaviour a test, each beside a source that behaves."""
