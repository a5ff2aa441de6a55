"""What stories put into the portal: lists, documents, invoices and rounds, made here so that it can be read."""
