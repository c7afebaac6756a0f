"""What can go wrong outside scoring/.

    TenkenError
    ├── StoreError
    │   ├── NotFound        what was asked for is not in the database; code: 'unit', 'period', 'sheet', 'content', 'evidence',
    │   │                   'scenario', 'action'
    │   ├── Closed          the quarter or the sheet takes no more of this; code: 'period_closed', 'period_unsealed',
    │   │                   'sheet_STATE', 'not_sealable_STATE'
    │   ├── Conflict        it does not fit what stands there; code: 'answer_changed', 'sheet_changed', 'setting_changed', 'own_sheet',
    │   │                   'to_reconfirm', 'remark_required', 'company_exists', 'unit_in_use', 'period_exists',
    │   │                   'period_overlaps', 'period_not_last', 'scenario_changed', 'scenario_exists', 'scenario_name',
    │   │                   'scenario_empty', 'action_changed'; theirs=, yours= where two values meet
    │   ├── Newer           the database was written by a newer version of Tenken; code: 'newer'; revision=
    │   └── Unavailable     the database cannot be used now, nothing was saved; code says why:
    │                       'locked', 'disk_full', 'read_only', 'unreachable', 'unknown'
    ├── BackupError         a backup that cannot be made or brought back, nothing has changed; code: 'exists', 'missing',
    │                       'foreign', 'newer_backup', 'damaged', 'other_kind', 'no_file', 'no_command', 'command'
    ├── EvidenceError       a file that is not taken as evidence, or one that was and cannot be read; code: 'evidence_empty', '…_size',
    │                       '…_name', '…_kind', '…_disagrees', '…_broken', '…_mixed', '…_active', '…_locked', '…_swollen'; '…_missing', '…_damaged'
    ├── PlanRefused         an effort or a price that is none, nothing has changed; code: 'bad_effort', 'bad_purchase', 'bad_day_rate', 'bad_efforts'
    ├── ActionError         a corrective action that cannot be kept as it is; code: 'action_title', '…_too_long', '…_question', '…_level',
    │                       '…_effort', '…_cost', '…_due', '…_links', '…_link', 'comment_missing', 'unreadable_text'
    ├── TargetError         a target that cannot be set; code: 'target_profile', 'target_kind', 'target_unknown'; what=
    ├── ReportError         a report that cannot be made as it was asked for; code: 'nothing_to_report', 'report_unit', 'report_period',
    │                       'report_marking', 'template_unreadable', 'template_macro', 'template_no_layout', 'template_too_large',
    │                       'font_missing', 'report_gone', 'report_busy', 'report_too_large', 'report_exists', 'report_unwritable',
    │                       'password_too_long', 'password_signs'
    ├── SettingsError       a setting that nothing can be started with
    └── NotAllowed          this person may not do this here; code: 'not_allowed_ACTION'

`code` is a stable word that pages translate by; `fields` are data for the sentence around it.
"""

from typing import Any, ClassVar


class TenkenError(Exception):
    """Root of the tree above."""

    says: ClassVar[str] = "something went wrong"

    def __init__(self, code: str, **fields: Any) -> None:
        self.code, self.fields = code, fields
        super().__init__(code)

    def __str__(self) -> str:
        """Plain English for logs: words and numbers only, because answers are nothing for a log."""
        known = [f"{name}={value}" for name, value in self.fields.items() if isinstance(value, str | int)]
        return f"{self.says}: {self.code}" + (f" ({', '.join(known)})" if known else "")


class StoreError(TenkenError):
    """The store did not do what it was asked to do; nothing has changed in it."""

    says = "the store refused"


class NotFound(StoreError):
    """There is no such thing; `code` says what was looked for."""

    says = "not found"


class Closed(StoreError):
    """The quarter is closed, or the sheet is past the state in which this could happen: it stays as it is."""

    says = "closed"


class Conflict(StoreError):
    """Somebody else wrote first: `theirs` is what stands now, `yours` what was not saved."""

    says = "changed by somebody else"


class Newer(StoreError):
    """The database belongs to a newer version; this one would not understand it."""

    says = "the database is from a newer version"


class Unavailable(StoreError):
    """The database cannot be used at this moment; `code` says why."""

    says = "the database is unavailable"


class BackupError(TenkenError):
    """A backup that was not made, or was not brought back; what was there is there still."""

    says = "backup"


class EvidenceError(TenkenError):
    """A file that is not taken as evidence and has left nothing behind; or one that was taken and cannot be read any more."""

    says = "evidence"


class PlanRefused(TenkenError):
    """An effort or a price that nothing can be reckoned with; what stood there stands there still."""

    says = "plan"


class ActionError(TenkenError):
    """A corrective action that is not taken as it is; nothing was written."""

    says = "corrective action"


class TargetError(TenkenError):
    """A target that names something that there is not; nothing has changed."""

    says = "target"


class ReportError(TenkenError):
    """No file was made; `code` says why."""

    says = "no report"


class SettingsError(TenkenError):
    """A setting that cannot be used as it is."""

    says = "wrong setting"


class NotAllowed(TenkenError):
    """What was asked for is not this person's to do."""

    says = "not allowed"
