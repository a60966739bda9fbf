"""What an uploaded archive may be; every figure is a parameter of the policy (safety.md U1, U3, U5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lms.domain.policy import Policy

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, the rest in pieces."""

    archive_bytes: int = 200 * MIB
    files: int = 2000
    total_bytes: int = 400 * MIB
    file_bytes: int = 20 * MIB
    text_bytes: int = MIB
    ratio: int = 100
    depth: int = 6
    pixels: int = 40_000_000

    @classmethod
    def of(cls, policy: Policy) -> Limits:
        """The limits in force."""
        return cls(
            archive_bytes=policy.upload_archive_mib * MIB,
            files=policy.upload_files,
            total_bytes=policy.upload_total_mib * MIB,
            file_bytes=policy.upload_file_mib * MIB,
            text_bytes=policy.upload_text_kib * 1024,
            ratio=policy.upload_ratio,
            depth=policy.upload_depth,
            pixels=policy.upload_megapixels * 1_000_000,
        )

    def as_dict(self) -> dict[str, int]:
        """The limits as they are told to the child process."""
        return asdict(self)
