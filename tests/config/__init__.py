"""Tests of reading, checking and editing the configuration."""
