-- describe: how an administrator names it, whose it is, and what is to be known of it
UPDATE certificate SET label = :label, owner = :owner, notes = :notes, account = :account, version = version + 1 WHERE n = :n;

-- tag_of: the tags of a lineage
SELECT tag FROM tag INDEXED BY tag_certificate WHERE certificate = :certificate ORDER BY tag LIMIT 100;

-- tag_page: of many lineages at once
SELECT asked.key, t.tag FROM json_each(:certificates) AS asked JOIN tag AS t INDEXED BY tag_certificate ON t.certificate = asked.value ORDER BY asked.key, t.tag;

-- tag_add: ties a word to it
INSERT INTO tag (tag, certificate) VALUES (:tag, :certificate) ON CONFLICT DO NOTHING;

-- tag_clear: unties all
DELETE FROM tag WHERE certificate = :certificate;

-- collection_list: named questions
SELECT id, name, store, q, filter, sort, created_at, version FROM collection ORDER BY name LIMIT 500;

-- collection_by_id: one of them
SELECT id, name, store, q, filter, sort, created_at, version FROM collection WHERE id = :id;

-- collection_by_name: the same, by its name
SELECT id, name, store, q, filter, sort, created_at, version FROM collection WHERE name = :name;

-- collection_count: how many there are
SELECT count(*) FROM collection;

-- collection_add: a fresh one
INSERT INTO collection (id, name, store, q, filter, sort, made_by, created_at) VALUES (:id, :name, :store, :q, :filter, :sort, :made_by, :now);

-- collection_change: asks something else from now on
UPDATE collection SET name = :name, store = :store, q = :q, filter = :filter, sort = :sort, version = version + 1 WHERE id = :id;

-- collection_remove: it is gone
DELETE FROM collection WHERE id = :id;
