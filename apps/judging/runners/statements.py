"""The SQL that stores verdicts, scores and items in bulk; each takes one JSON text with many rows."""

VERDICTS = """
INSERT INTO judging_verdict AS old
       (key, workspace_id, judge_version_id, subject_id, criterion, criterion_digest, fingerprint, strategy, protocol,
        context_hash, sample, status, reason, value, probability, label_mass, distribution, evidence, rationale, detail,
        call_id, call_index, judged_at)
SELECT key, workspace, judge, subject, criterion, digest, fingerprint, strategy, protocol, context, sample, status,
       reason, value, probability, mass, distribution, evidence, rationale, detail, call, call_index, now()
  FROM json_to_recordset(%s::json)
       AS fresh(key uuid, workspace bigint, judge bigint, subject bigint, criterion text, digest text,
                fingerprint text, strategy text, protocol text, context text, sample int, status text, reason text,
                value float8, probability float8, mass float8, distribution jsonb, evidence jsonb, rationale text,
                detail jsonb, call bigint, call_index int)
 ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
       judge_version_id = excluded.judge_version_id, status = excluded.status, reason = excluded.reason,
       value = excluded.value, probability = excluded.probability, label_mass = excluded.label_mass,
       distribution = excluded.distribution, evidence = excluded.evidence, rationale = excluded.rationale,
       detail = excluded.detail, call_id = excluded.call_id, call_index = excluded.call_index,
       judged_at = excluded.judged_at
 WHERE old.status NOT IN ('ok', 'not_applicable')
RETURNING key
"""
SCORES = """
INSERT INTO judging_score AS old
       (key, workspace_id, version_id, judge_version_id, subject_id, profile_id, artefacts, group_hash, sample, digest,
        status, raw, display, coverage, contributions, trace, verdict_keys, created_at)
SELECT key, workspace, version, judge, subject, profile, artefacts, grouped, sample, digest, status, raw, display,
       coverage, contributions, trace, verdict_keys, now()
  FROM json_to_recordset(%s::json)
       AS fresh(key uuid, workspace bigint, version bigint, judge bigint, subject bigint, profile bigint, sample int,
                digest text, status text, raw float8, display float8, coverage float8, contributions jsonb, trace jsonb,
                verdict_keys uuid[], artefacts text[], grouped text)
 ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
       status = excluded.status, raw = excluded.raw, display = excluded.display, coverage = excluded.coverage,
       contributions = excluded.contributions, trace = excluded.trace, verdict_keys = excluded.verdict_keys
 WHERE (old.status, old.raw, old.display, old.coverage, old.contributions, old.trace, old.verdict_keys)
       IS DISTINCT FROM (excluded.status, excluded.raw, excluded.display, excluded.coverage, excluded.contributions,
                         excluded.trace, excluded.verdict_keys)
"""
ITEMS = """
UPDATE judging_runitem AS item
   SET state = fresh.state, reason = fresh.reason, content_reason = fresh.content_reason,
       verdict_keys = fresh.verdict_keys, scored = fresh.scored, unscored = fresh.unscored, reused = fresh.reused
  FROM json_to_recordset(%s::json)
       AS fresh(id bigint, state text, reason text, content_reason text, verdict_keys uuid[], scored int, unscored int,
                reused int)
 WHERE item.id = fresh.id
"""
_AGAIN = """
INSERT INTO judging_score AS old
       (key, workspace_id, version_id, judge_version_id, subject_id, profile_id, artefacts, group_hash, sample, digest,
        status, raw, display, coverage, contributions, trace, verdict_keys, created_at)
SELECT f.key, %(workspace)s, %(version)s, {judge}, i.subject_id, %(profile)s, %(artefacts)s::text[],
       f.grouped, i.sample, %(digest)s, f.status, f.raw, f.display, f.coverage, '{{}}', '[]', {keys}, now()
  FROM unnest(%(items)s::bigint[], %(keys)s::uuid[], %(statuses)s::text[], %(raw)s::float8[], %(display)s::float8[],
              %(coverage)s::float8[], %(groups)s::text[])
       AS f(item, key, status, raw, display, coverage, grouped)
  JOIN judging_runitem i ON i.id = f.item
 ORDER BY f.key
    ON CONFLICT (key) DO UPDATE SET
       status = excluded.status, raw = excluded.raw, display = excluded.display, coverage = excluded.coverage,
       contributions = excluded.contributions, trace = excluded.trace, verdict_keys = excluded.verdict_keys
 WHERE (old.status, old.raw, old.coverage) IS DISTINCT FROM (excluded.status, excluded.raw, excluded.coverage)
"""
RESCORED = _AGAIN.format(judge="i.judge_version_id", keys="i.verdict_keys")
TOGETHER = _AGAIN.format(
    judge="NULL::bigint",
    keys="""ARRAY(SELECT DISTINCT k FROM judging_runitem o, unnest(o.verdict_keys) k
               WHERE o.run_id = i.run_id AND o.version_id = i.version_id AND o.subject_id = i.subject_id
                 AND o.sample = i.sample ORDER BY k)""",
)
"""The scores of all judges of a run as one: without a judge, with the verdicts of them all."""
