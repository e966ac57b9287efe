-- Answers, their subjects, verdicts, scores, labels and preferences, straight into the tables: by objects it would take an hour.
INSERT INTO datasets_prompt (created_at, dataset_id, external_id, messages, language, tags, hash, context_hash, extensions)
SELECT now(), %(dataset)s, 'p' || n, '[{"role": "user", "parts": [{"type": "text", "text": "Write the discharge letter."}]}]',
       '', '{}', md5('p' || n), '', '{}' FROM generate_series(1, %(prompts)s) n;
INSERT INTO datasets_response (created_at, prompt_id, external_id, parts, model, edit, tags, hash, extensions)
SELECT now(), p.id, p.external_id || '-' || n, jsonb_build_array(jsonb_build_object('type', 'text', 'text',
       repeat('Metoprolol was raised. ', 3 + (p.id * 7 + n * 5)::int %% 40))), 'model-' || n, '', '{}', md5(p.id || '-' || n), '{}'
  FROM datasets_prompt p CROSS JOIN generate_series(1, %(each)s) n WHERE p.dataset_id = %(dataset)s;
INSERT INTO datasets_subject (created_at, workspace_id, kind, prompt_id, hash)
SELECT now(), %(workspace)s, 'response', r.prompt_id, md5('s' || r.id)
  FROM datasets_response r JOIN datasets_prompt p ON p.id = r.prompt_id WHERE p.dataset_id = %(dataset)s;
INSERT INTO datasets_subjectmember (subject_id, position, response_id)
SELECT s.id, 0, r.id FROM datasets_response r JOIN datasets_prompt p ON p.id = r.prompt_id AND p.dataset_id = %(dataset)s
  JOIN datasets_subject s ON s.hash = md5('s' || r.id) AND s.prompt_id = r.prompt_id;
INSERT INTO judging_verdict (key, workspace_id, judge_version_id, subject_id, criterion, criterion_digest, fingerprint, strategy,
       protocol, context_hash, sample, status, reason, value, probability, label_mass, distribution, evidence, rationale, detail,
       call_index, judged_at)
SELECT md5(s.id || '/' || c)::uuid, %(workspace)s, %(judge)s, s.id, 'c_' || c, 'sha256:' || md5('c' || c), %(mark)s,
       'label_distribution', 'isolated', '', 0, 'ok', '', (hashtext(s.id || '/' || c) & 3 > 0)::int, 0.9, 0.99, '[]', '[]',
       'It says so.', '{}', 0, now()
  FROM datasets_subject s CROSS JOIN generate_series(0, %(criteria)s - 1) c WHERE s.workspace_id = %(workspace)s;
INSERT INTO judging_runitem (run_id, index, version_id, judge_version_id, subject_id, sample, stage, asked, state, reason,
       content_reason, verdict_keys, scored, unscored, reused)
SELECT %(run)s::uuid, row_number() OVER (ORDER BY s.id) - 1, %(version)s, %(judge)s, s.id, 0, 1, '{}', 'done', '', '',
       ARRAY(SELECT md5(s.id || '/' || c)::uuid FROM generate_series(0, %(criteria)s - 1) c), %(criteria)s, 0, 0
  FROM datasets_subject s WHERE s.workspace_id = %(workspace)s;
INSERT INTO judging_score (created_at, key, workspace_id, version_id, judge_version_id, subject_id, artefacts, group_hash, sample,
       digest, status, raw, display, coverage, contributions, trace, verdict_keys)
SELECT now(), md5('score' || s.id)::uuid, %(workspace)s, %(version)s, %(judge)s, s.id, '{}', '', 0, %(digest)s, 'ok',
       (hashtext('score' || s.id) & 1023) / 1023.0, 0, 1, '{}', '[]', '{}'
  FROM datasets_subject s WHERE s.workspace_id = %(workspace)s;
INSERT INTO datasets_label (created_at, dataset_id, subject_id, rater_id, criterion, value, payload, mode, repeat, spans, note)
SELECT now(), %(dataset)s, s.id, %(rater)s, NULL, hashtext('label' || s.id) & 1, '{}', 'blind', 0, '[]', ''
  FROM datasets_subject s WHERE s.workspace_id = %(workspace)s;
INSERT INTO datasets_preference (created_at, dataset_id, prompt_id, rater_id, external_id, strength, mode, repeat, note, extensions)
SELECT now(), %(dataset)s, p.id, %(rater)s, p.external_id, 1 + p.id %% 3, 'blind', 0, '', '{}'
  FROM datasets_prompt p WHERE p.dataset_id = %(dataset)s;
INSERT INTO datasets_preferencemember (preference_id, response_id, rank)
SELECT f.id, r.id, 1 + (row_number() OVER (PARTITION BY f.id ORDER BY r.id) > 1)::int
  FROM datasets_preference f JOIN datasets_response r ON r.prompt_id = f.prompt_id
 WHERE f.dataset_id = %(dataset)s AND r.model IN ('model-1', 'model-2');
