"""Five kinds of people"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


TRAIL = ("trail_entries", "trail_heads")
_WHERE_PRESENT = {
    "sqlite_where": sa.text("ended_on IS NULL"),
    "postgresql_where": sa.text("ended_on IS NULL"),
}
# columns this migration adds beside its tables, in the order of their going
_ADDED = {
    "employments": ("line_manager_id", "staff_number", "enterprise_id"),
    "modules": ("visible_organization_id", "owner_organization_id"),
    "assignments": ("waive_reason", "waived_by_id", "waived_at", "rule_id"),
}


def upgrade() -> None:
    op.create_table(
        "trail_entries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_entries")),
    )
    with op.batch_alter_table("trail_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trail_entries_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_trail_entries_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_trail_entries_day"), ["day"], unique=False)
        batch_op.create_index("ix_trail_entries_subject", ["subject", "action"], unique=False)

    op.create_table(
        "trail_heads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_heads")),
    )
    op.create_table(
        "team_counts",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_team_counts_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "kind", "key", name=op.f("pk_team_counts")),
    )
    op.create_table(
        "assignment_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("module_ids", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("joiner_days", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_assignment_rules_ended_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_assignment_rules_made_by_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_assignment_rules_organization_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["job_roles.id"], name=op.f("fk_assignment_rules_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rules")),
    )
    with op.batch_alter_table("assignment_rules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_rules_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assignment_rules_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "hat_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hat", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("scope_path", sa.String(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["users.id"], name=op.f("fk_hat_grants_granted_by_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_hat_grants_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_hat_grants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hat_grants")),
    )
    with op.batch_alter_table("hat_grants", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hat_grants_in_force",
            ["user_id", "hat", "organization_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_hat_grants_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hat_grants_user_id"), ["user_id"], unique=False)

    op.create_table(
        "module_show_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_module_show_requests_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_module_show_requests_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["modules.id"], name=op.f("fk_module_show_requests_module_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_module_show_requests_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_show_requests")),
    )
    with op.batch_alter_table("module_show_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_module_show_requests_module_id"), ["module_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_module_show_requests_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_notifications_inbox", ["user_id", "id"], unique=False)
        batch_op.create_index(
            "ix_notifications_unread", ["user_id", "read_at", "kind", "group"], unique=False
        )

    op.create_table(
        "people_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("ignored_heads", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["users.id"], name=op.f("fk_people_imports_applied_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_people_imports_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_people_imports_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_imports")),
        sa.UniqueConstraint("uuid", name=op.f("uq_people_imports_uuid")),
    )
    with op.batch_alter_table("people_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_imports_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_people_imports_uploaded_at"), ["uploaded_at"], unique=False)

    op.create_table(
        "person_gaps",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("skill_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("is_must", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_person_gaps_organization_id")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_person_gaps_skill_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_gaps_user_id")),
        sa.PrimaryKeyConstraint("user_id", "skill_id", name=op.f("pk_person_gaps")),
    )
    with op.batch_alter_table("person_gaps", schema=None) as batch_op:
        batch_op.create_index(
            "ix_person_gaps_skill", ["skill_id", "organization_id", "user_id"], unique=False
        )

    op.create_table(
        "person_requirements",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("module_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("periods", sa.Integer(), nullable=False),
        sa.Column("periods_done", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_person_requirements_module_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_person_requirements_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_requirements_user_id")),
        sa.PrimaryKeyConstraint("user_id", "module_id", name=op.f("pk_person_requirements")),
    )
    with op.batch_alter_table("person_requirements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_person_requirements_due", ["due_on", "progress", "organization_id", "user_id"], unique=False
        )
        batch_op.create_index(
            "ix_person_requirements_module",
            ["module_id", "organization_id", "progress", "due_on", "user_id"],
            unique=False,
        )

    op.create_table(
        "person_summaries",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("line_manager_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("required_count", sa.Integer(), nullable=False),
        sa.Column("completed_count", sa.Integer(), nullable=False),
        sa.Column("required_periods", sa.Integer(), nullable=False),
        sa.Column("periods_done", sa.Integer(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("gap_count", sa.Integer(), nullable=False),
        sa.Column("gap_levels", sa.Integer(), nullable=False),
        sa.Column("legal_gap_count", sa.Integer(), nullable=False),
        sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_manager_id"], ["users.id"], name=op.f("fk_person_summaries_line_manager_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_person_summaries_organization_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["job_roles.id"], name=op.f("fk_person_summaries_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_summaries_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_person_summaries")),
    )
    with op.batch_alter_table("person_summaries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_person_summaries_active", ["organization_id", "last_active_at"], unique=False
        )
        batch_op.create_index("ix_person_summaries_due", ["organization_id", "next_due_on"], unique=False)
        batch_op.create_index("ix_person_summaries_gaps", ["organization_id", "gap_levels"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_person_summaries_line_manager_id"), ["line_manager_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_person_summaries_role_id"), ["role_id"], unique=False)

    op.create_table(
        "role_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_role_proposals_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["job_roles.id"], name=op.f("fk_role_proposals_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_proposals_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_proposals")),
    )
    with op.batch_alter_table("role_proposals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_role_proposals_open",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_role_proposals_user_id"), ["user_id"], unique=False)

    op.create_table(
        "trail_persons",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_trail_persons_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_trail_persons")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_trail_persons_pseudonym")),
    )
    op.create_table(
        "people_import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["people_imports.id"], name=op.f("fk_people_import_rows_import_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_people_import_rows_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_people_import_rows_import_id_number")),
    )
    op.create_table(
        "uploaded_modules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("steps_total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_uploaded_modules_module_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_uploaded_modules_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_uploaded_modules_published_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_uploaded_modules_uploaded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["module_versions.id"], name=op.f("fk_uploaded_modules_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_modules")),
        sa.UniqueConstraint("uuid", name=op.f("uq_uploaded_modules_uuid")),
    )
    with op.batch_alter_table("uploaded_modules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploaded_modules_module_id"), ["module_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_uploaded_modules_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_uploaded_modules_uploaded_by_id"), ["uploaded_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_uploaded_modules_version_id"), ["version_id"], unique=False)

    op.create_table(
        "learner_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_learner_questions_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["users.id"], name=op.f("fk_learner_questions_learner_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_learner_questions_lesson_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_learner_questions_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_questions")),
    )
    with op.batch_alter_table("learner_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_questions_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learner_questions_lesson_id"), ["lesson_id"], unique=False)
        batch_op.create_index("ix_learner_questions_open", ["organization_id", "answered_at"], unique=False)

    _add_reference("assignments", "rule_id", "assignment_rules")
    op.add_column("assignments", sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True))
    _add_reference("assignments", "waived_by_id", "users")
    op.add_column("assignments", sa.Column("waive_reason", sa.String(), nullable=True))

    _add_reference("employments", "enterprise_id", "organizations")
    op.add_column("employments", sa.Column("staff_number", sa.String(), nullable=True))
    _add_reference("employments", "line_manager_id", "users")
    op.create_index("ix_employments_line_manager_id", "employments", ["line_manager_id"])
    op.create_index("ix_employments_present", "employments", ["user_id"], unique=True, **_WHERE_PRESENT)
    op.create_index(
        "ix_employments_staff_number",
        "employments",
        ["enterprise_id", "staff_number"],
        unique=True,
        **_WHERE_PRESENT,
    )

    _add_reference("modules", "owner_organization_id", "organizations")
    _add_reference("modules", "visible_organization_id", "organizations")
    op.create_index("ix_modules_owner_organization_id", "modules", ["owner_organization_id"])

    op.add_column("organizations", sa.Column("path", sa.String(), server_default="", nullable=False))
    op.add_column(
        "organizations",
        sa.Column("needs_second_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index("ix_organizations_path", "organizations", ["path"])
    op.add_column("user_sessions", sa.Column("hat", sa.String(), server_default="learner", nullable=False))
    op.add_column("users", sa.Column("worn_hat", sa.String(), server_default="learner", nullable=False))

    _fill_paths()
    _fill_enterprises()
    _trail_function()
    _trail_guards()


def downgrade() -> None:
    op.drop_column("users", "worn_hat")
    op.drop_column("user_sessions", "hat")
    op.drop_index("ix_organizations_path", "organizations")
    op.drop_column("organizations", "needs_second_approval")
    op.drop_column("organizations", "path")
    op.drop_index("ix_modules_owner_organization_id", "modules")
    for index in ("staff_number", "present", "line_manager_id"):
        op.drop_index(f"ix_employments_{index}", "employments")
    for table, columns in _ADDED.items():
        for column in columns:
            op.drop_column(table, column)  # with the foreign key that was written beside it

    with op.batch_alter_table("learner_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_learner_questions_open")
        batch_op.drop_index(batch_op.f("ix_learner_questions_lesson_id"))
        batch_op.drop_index(batch_op.f("ix_learner_questions_learner_id"))

    op.drop_table("learner_questions")
    with op.batch_alter_table("uploaded_modules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploaded_modules_version_id"))
        batch_op.drop_index(batch_op.f("ix_uploaded_modules_uploaded_by_id"))
        batch_op.drop_index(batch_op.f("ix_uploaded_modules_organization_id"))
        batch_op.drop_index(batch_op.f("ix_uploaded_modules_module_id"))

    op.drop_table("uploaded_modules")
    op.drop_table("people_import_rows")
    op.drop_table("trail_persons")
    with op.batch_alter_table("role_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_proposals_user_id"))
        batch_op.drop_index(
            "ix_role_proposals_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.drop_table("role_proposals")
    with op.batch_alter_table("person_summaries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_summaries_role_id"))
        batch_op.drop_index(batch_op.f("ix_person_summaries_line_manager_id"))
        batch_op.drop_index("ix_person_summaries_gaps")
        batch_op.drop_index("ix_person_summaries_due")
        batch_op.drop_index("ix_person_summaries_active")

    op.drop_table("person_summaries")
    with op.batch_alter_table("person_requirements", schema=None) as batch_op:
        batch_op.drop_index("ix_person_requirements_module")
        batch_op.drop_index("ix_person_requirements_due")

    op.drop_table("person_requirements")
    with op.batch_alter_table("person_gaps", schema=None) as batch_op:
        batch_op.drop_index("ix_person_gaps_skill")

    op.drop_table("person_gaps")
    with op.batch_alter_table("people_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_imports_uploaded_at"))
        batch_op.drop_index(batch_op.f("ix_people_imports_organization_id"))

    op.drop_table("people_imports")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index("ix_notifications_unread")
        batch_op.drop_index("ix_notifications_inbox")
        batch_op.drop_index(batch_op.f("ix_notifications_created_at"))

    op.drop_table("notifications")
    with op.batch_alter_table("module_show_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_module_show_requests_organization_id"))
        batch_op.drop_index(batch_op.f("ix_module_show_requests_module_id"))

    op.drop_table("module_show_requests")
    with op.batch_alter_table("hat_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hat_grants_user_id"))
        batch_op.drop_index(batch_op.f("ix_hat_grants_organization_id"))
        batch_op.drop_index(
            "ix_hat_grants_in_force",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("hat_grants")
    with op.batch_alter_table("assignment_rules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_rules_organization_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_rules_ended_at"))

    op.drop_table("assignment_rules")
    op.drop_table("team_counts")
    op.drop_table("trail_heads")
    with op.batch_alter_table("trail_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_trail_entries_subject")
        batch_op.drop_index(batch_op.f("ix_trail_entries_day"))
        batch_op.drop_index(batch_op.f("ix_trail_entries_actor"))
        batch_op.drop_index(batch_op.f("ix_trail_entries_action"))

    op.drop_table("trail_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_trail_change()")


def _add_reference(table: str, column: str, target: str) -> None:
    """A nullable foreign key on a table that has rows; the words are the same on both engines."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
        f"CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def _fill_paths() -> None:
    """`/1/4/`: the path of the parent, then the own id."""
    op.execute(
        "WITH RECURSIVE tree (id, path) AS ("
        "SELECT id, '/' || id || '/' FROM organizations WHERE parent_id IS NULL UNION ALL "
        "SELECT o.id, tree.path || o.id || '/' FROM organizations o JOIN tree ON o.parent_id = tree.id) "
        "UPDATE organizations SET path = (SELECT tree.path FROM tree WHERE tree.id = organizations.id)"
    )


def _fill_enterprises() -> None:
    """The nearest enterprise above the place of work."""
    op.execute(
        "UPDATE employments SET enterprise_id = ("
        "SELECT up.id FROM organizations work JOIN organizations up ON work.path LIKE up.path || '%' "
        "WHERE work.id = employments.organization_id AND up.kind = 'enterprise' "
        "ORDER BY length(up.path) DESC LIMIT 1)"
    )


def _trail_function() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_trail_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$"
        )


def _trail_guards() -> None:
    """What the trail says is never changed nor deleted, by whatever way (safety.md L3)."""
    for table in TRAIL:
        if op.get_bind().dialect.name == "sqlite":
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
                )
            op.execute(  # REPLACE would delete without asking the trigger above
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
                "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
            )
            continue
        for changes, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{changes.split()[0].lower()} BEFORE {changes} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_trail_change()"
            )
