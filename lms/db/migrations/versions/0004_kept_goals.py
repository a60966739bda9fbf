"""The goal that a learner keeps"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_goals",
        sa.Column("learner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("skill_id", sa.Integer(), nullable=True),
        sa.Column("weekly_periods", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(role_id IS NULL) <> (skill_id IS NULL)", name=op.f("ck_kept_goals_role_or_skill")),
        sa.ForeignKeyConstraint(["learner_id"], ["users.id"], name=op.f("fk_kept_goals_learner_id")),
        sa.ForeignKeyConstraint(["role_id"], ["job_roles.id"], name=op.f("fk_kept_goals_role_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_kept_goals_skill_id")),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_kept_goals")),
    )


def downgrade() -> None:
    op.drop_table("kept_goals")
