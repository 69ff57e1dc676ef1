"""Files of tables: our own form, workbooks, world tables."""
