"""Who shares and what is shared: parties, their systems and the elements of these."""
