"""Pictures of every place, compared with those that were accepted; what pages say is tested elsewhere."""
