-- search_add: the words of a lineage
INSERT INTO search (rowid, body) VALUES (:n, :body);

-- search_remove: an index over another table's text must be told what it forgets
INSERT INTO search (search, rowid, body) VALUES ('delete', :n, :body);
