-- Answers, their subjects, verdicts and items, straight into the tables: a million rows by objects would take an hour.
INSERT INTO datasets_prompt (created_at, dataset_id, external_id, messages, language, tags, hash, context_hash, extensions)
SELECT now(), %(dataset)s, 'p' || n, '[{"role": "user", "parts": [{"type": "text", "text": "Write the discharge letter."}]}]',
       '', '{}', md5('p' || n), '', '{}' FROM generate_series(1, %(answers)s / 10) n;
INSERT INTO datasets_response (created_at, prompt_id, external_id, parts, model, edit, tags, hash, extensions)
SELECT now(), p.id, 'r' || n, jsonb_build_array(jsonb_build_object('type', 'text', 'text', p.external_id || ' ' || n || ': ' || %(text)s::text)),
       'model', '', '{}', md5(p.id || '-' || n), '{}'
  FROM datasets_prompt p CROSS JOIN generate_series(1, 10) n WHERE p.dataset_id = %(dataset)s;
INSERT INTO datasets_subject (created_at, workspace_id, kind, prompt_id, hash)
SELECT now(), %(workspace)s, 'response', r.prompt_id, md5('s' || r.id)
  FROM datasets_response r JOIN datasets_prompt p ON p.id = r.prompt_id WHERE p.dataset_id = %(dataset)s;
INSERT INTO datasets_subjectmember (subject_id, position, response_id)
SELECT s.id, 0, r.id FROM datasets_response r JOIN datasets_subject s ON s.hash = md5('s' || r.id) AND s.prompt_id = r.prompt_id;
INSERT INTO judging_verdict (key, workspace_id, judge_version_id, subject_id, criterion, criterion_digest, fingerprint, strategy,
       protocol, context_hash, sample, status, reason, value, probability, label_mass, distribution, evidence, rationale, detail,
       call_index, judged_at)
SELECT md5(s.id || '/' || c || '/' || n)::uuid, %(workspace)s, %(judge)s, s.id, 'c_' || c, 'sha256:' || md5('c' || c), %(mark)s,
       'label_distribution', 'isolated', '', n, 'ok', '', (s.id + c + n) %% 2, 0.9, 0.99, '[]', '[]', 'It says so.', '{}', 0, now()
  FROM datasets_subject s CROSS JOIN generate_series(0, %(criteria)s - 1) c CROSS JOIN generate_series(0, %(samples)s - 1) n
 WHERE s.workspace_id = %(workspace)s;
INSERT INTO review_reviewitem (queue_id, position, subject_id, version_id, criterion, verdict_keys, payload, state, priority,
       seats, taken, is_gold)
SELECT %(queue)s, row_number() OVER (ORDER BY s.id, c) - 1, s.id, %(version)s, 'c_' || c,
       ARRAY(SELECT md5(s.id || '/' || c || '/' || n)::uuid FROM generate_series(0, %(samples)s - 1) n), '{}', 'open', 0,
       %(seats)s, 0, false
  FROM datasets_subject s CROSS JOIN generate_series(0, %(criteria)s - 1) c WHERE s.workspace_id = %(workspace)s;
