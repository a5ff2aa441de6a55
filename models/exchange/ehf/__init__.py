"""EHF (Peppol BIS Billing 3.0): from the bytes of a file to an invoice in the portal, whole or not at all.

`xml` reads safely, `reading` makes a `document` of it, `rules` says whether it is right, `files` finds the documents of
folders and zips, `intake` takes them in.
"""
