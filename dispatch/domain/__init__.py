"""Planning request and plan: what the files and the API carry."""
