"""The lint rules that a schema directory may configure, by id.

The data plane owns the rules; a test holds both lists together.
"""

GUARDING_RULES = frozenset({
    "drop_table",
    "drop_column",
    "lossy_type",
    "convert_generated",
    "drop_primary_key",
    "drop_partition",
    "drop_versioning",
    "rename_table",
    "rename_column",
    "engine_change",
    "rollback_overwrites",
})

RULES = GUARDING_RULES | {
    "not_null",
    "add_unique",
    "collation_unique",
    "drop_unique",
    "drop_check",
    "drop_foreign_key",
    "drop_visible_index",
    "fk_gap",
    "reorder_copies",
    "partition_rebuild",
    "nondeterministic_default",
    "primary_key",
    "has_timestamp",
    "pk_type",
    "auto_inc_type",
    "has_float",
    "has_foreign_key",
    "has_enum",
    "has_time",
    "nullable",
    "allow_compression",
    "allow_charset",
    "implicit_charset",
    "allow_engine",
    "zero_date",
    "temporal_default",
    "display_width",
    "redundant_index",
    "temporal_index_position",
    "name_case",
    "long_name",
}

# Rules that the product will have and this version doesn't check: configuring one is refused.
LATER_RULES = frozenset({
    "auto_inc_capacity",
    "disk_space",
    "drop_in_use",
    "drop_sequence",
    "drop_vschema",
    "fk_copy",
    "fk_parent",
    "ignored_table",
    "index_visibility_mixed",
    "inline_references",
    "rename_hint_done",
    "reserved_word",
    "row_versions",
    "trigger_depends",
    "type_mismatch",
    "unmanaged_object",
    "view_depends",
})
