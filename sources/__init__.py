"""What any fact rests on: sources and the citations that say which gives which value."""
