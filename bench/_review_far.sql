-- A person who is far into the queue, where every item they decided still has a free seat.
WITH made AS (
  INSERT INTO review_claim (created_at, item_id, queue_id, user_id, state, lease_until, reason, ended_at)
  SELECT now(), id, queue_id, %(user)s, 'answered', now(), '', now() FROM review_reviewitem
   WHERE queue_id = %(queue)s AND position < %(done)s RETURNING id, item_id)
INSERT INTO review_review (created_at, item_id, claim_id, by_id, mode, value, payload, spans, note, repeat, after, after_reason, earlier, seconds)
SELECT now(), item_id, id, %(user)s, 'blind', 1, '{}', '[]', '', 0, '', '', '[]', 9 FROM made;
UPDATE review_reviewitem SET taken = 1 WHERE queue_id = %(queue)s AND position < %(done)s;
