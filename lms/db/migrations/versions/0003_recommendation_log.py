"""What was recommended with which chance, and what people answered"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recommendation_subjects",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recommendation_subjects_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_recommendation_subjects")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_recommendation_subjects_pseudonym")),
    )
    op.create_table(
        "recommendation_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        sa.Column("propensities", sa.JSON(), nullable=False),
        sa.Column("pool", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_module_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject"], ["recommendation_subjects.pseudonym"], name=op.f("fk_recommendation_log_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_log")),
    )
    with op.batch_alter_table("recommendation_log", schema=None) as batch_op:
        batch_op.create_index("ix_recommendation_log_newest", ["subject", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_log_shown_at"), ["shown_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("recommendation_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_log_shown_at"))
        batch_op.drop_index("ix_recommendation_log_newest")

    op.drop_table("recommendation_log")
    op.drop_table("recommendation_subjects")
