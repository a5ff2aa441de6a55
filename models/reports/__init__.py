"""Reports (rapporter) and figures per unit and year, and the plan of the year that they are held against.

How a PDF is made is in `models.exchange.pdf`.
"""
