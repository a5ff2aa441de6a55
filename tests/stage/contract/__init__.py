"""What the portal promises to other programs, of its pages and to the CRM: written from the code, and kept to.

`python -m tests.stage.contract` writes the documents anew; a test fails when one is old.
"""
