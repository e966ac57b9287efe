"""What the database itself refuses: changing what left draft (a version, a part of one, a sample to read)."""

import pgtrigger

FROZEN_VERSION_COLUMNS = (
    "id",
    "rubric_id",
    "number",
    "document",
    "digest",
    "judged_digest",
    "title",
    "description",
    "language",
    "translation_of_id",
    "scope",
    "prompt_id",
    "scoring",
    "unscored",
    "content_gate",
    "extensions",
    "parent_id",
    "weighting",
    "joined",
    "scope_ref",
    "revision",
    "created_at",
    "created_by_id",
    "edited_at",
    "submitted_by_id",
    "submitted_at",
    "note",
)
_SAME_CONTENT = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in FROZEN_VERSION_COLUMNS)
VERSION_GUARD = f"""
IF TG_OP = 'DELETE' THEN
    IF OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'a version that left draft is never deleted' USING ERRCODE = '42501';
    END IF;
    RETURN OLD;
END IF;
IF OLD.status <> 'draft' AND NOT ({_SAME_CONTENT}) THEN
    RAISE EXCEPTION 'a version that left draft is never changed' USING ERRCODE = '42501';
END IF;
IF (OLD.status = 'retired' AND NEW.ended IS DISTINCT FROM OLD.ended)
   OR (OLD.approved_at IS NOT NULL AND NEW.approved_at IS DISTINCT FROM OLD.approved_at) THEN
    RAISE EXCEPTION 'what was decided about a version is never changed' USING ERRCODE = '42501';
END IF;
IF NOT (NEW.status = OLD.status
        OR (OLD.status = 'draft' AND NEW.status IN ('in_review', 'retired'))
        OR (OLD.status = 'in_review' AND NEW.status IN ('approved', 'retired'))
        OR (OLD.status = 'approved' AND NEW.status = 'retired')) THEN
    RAISE EXCEPTION 'a version cannot go from % to %', OLD.status, NEW.status USING ERRCODE = '42501';
END IF;
RETURN NEW;
"""
# The schema is named: a temporary table of the same name would otherwise be asked instead.
_PART_GUARD = """
IF EXISTS (SELECT 1 FROM public.rubrics_rubricversion v
           WHERE v.id IN (COALESCE(NEW.version_id, OLD.version_id), COALESCE(OLD.version_id, NEW.version_id))
             AND v.status <> 'draft') THEN
    RAISE EXCEPTION 'a version that left draft is never changed' USING ERRCODE = '42501';
END IF;
RETURN COALESCE(NEW, OLD);
"""

SAMPLE_GUARD = """
IF NEW.sample_place IS DISTINCT FROM OLD.sample_place
   AND (SELECT status FROM rubrics_rubricsetversion WHERE id = OLD.set_version_id) <> 'draft' THEN
    RAISE EXCEPTION 'the sample of a set is drawn once, when it is submitted' USING ERRCODE = '42501';
END IF;
IF (NEW.sample_ok IS DISTINCT FROM OLD.sample_ok OR NEW.sample_note IS DISTINCT FROM OLD.sample_note
    OR NEW.reviewed_by_id IS DISTINCT FROM OLD.reviewed_by_id OR NEW.reviewed_at IS DISTINCT FROM OLD.reviewed_at)
   AND (SELECT status FROM rubrics_rubricsetversion WHERE id = OLD.set_version_id) <> 'in_review' THEN
    RAISE EXCEPTION 'a sample is read while its set is in review' USING ERRCODE = '42501';
END IF;
RETURN NEW;
"""


def part_trigger(name: str) -> pgtrigger.Trigger:
    """Refuse any change of a part of a version that left draft."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_PART_GUARD,
    )
