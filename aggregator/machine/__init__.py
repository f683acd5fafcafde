"""This machine: its memory, descriptors and clock, and which errors mean that it has too little of them."""
