"""The record of agreements and the rules it keeps."""
