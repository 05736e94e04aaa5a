"""The languages of pages and messages: catalogues of texts, and how moments are written."""
