"""How values are said and understood: formats, labels, what the guide shows, and what pages promise."""
