"""Errors as sentences that say what to do next, in the reader's language."""

from scoring.errors import AnswerError, AnswerFileError, ContentError, ScoringError
from tenken.auth import ACTIONS
from tenken.errors import TenkenError
from tenken.i18n import Words


def error_text(error: ScoringError | TenkenError, _: Words) -> str:
    """One sentence for the error; for broken content, one line per problem under a heading."""
    if isinstance(error, ContentError):
        if isinstance(error, AnswerFileError):
            head = _("{n} problems in the file of answers. Nothing was scored.", n=len(error.problems))
        else:
            head = _("{n} problems in the checklist or data files. Nothing was started.", n=len(error.problems))
        return "\n".join([head, *(str(problem) for problem in error.problems)])
    code = getattr(error, "code", "")
    fields = {"question": error.question, "value": error.value} if isinstance(error, AnswerError) else getattr(error, "fields", {})
    return _sentence(code, _).format_map(_Fields({"code": code} | dict(fields)))


def unit_sentences(_: Words) -> dict[str, str]:
    """What can be wrong with units and people, by code, its fields still open: {unit} is a unit's code."""
    return {
        "duplicate_code": _("The code {unit} is there twice. Every unit needs a code of its own."),
        "bad_code": _("“{unit}” cannot be a code: up to 40 letters, digits, hyphens, dots and underscores, a letter or digit first."),
        "unit_name": _("{unit}: the name is missing."),
        "unit_number": _("{unit}: headcount and weight are whole numbers from 0 to 1,000,000."),
        "unknown_unit": _("There is no unit {unit}."),
        "unknown_person": _("Nobody called “{unit}” has a role here."),
        "unknown_parent": _("{unit}: the unit above, {value}, is not there."),
        "cycle": _("{unit} would stand below itself. Choose another unit above it than {value}."),
        "below_supplier": _("{unit} cannot stand below {value}: only suppliers of a supplier can."),
        "second_root": _("{unit}: only {value} stands at the top, and everything else below it."),
        "root_kind": _("{unit} stands at the top, so it is a company or a corporate group."),
        "root_ends": _("{unit} stands at the top, so it has no last day."),
        "ends_before_it_begins": _("{unit} would end before its present form begins."),
        "no_departments": _("Write at least one name."),
        "units_changed": _("Somebody else has changed the unit {unit} in the meantime. Look at it again."),
        "last_administrator": _("The last administrator of the whole organisation cannot go. Give somebody else this role first."),
        "first_roles": _("Whoever gets the first role becomes administrator and security office of the whole organisation."),
        "name_missing": _("The name is missing."),
        "fiscal_month": _("A fiscal year begins in one of the months 1 to 12."),
    }


def cost_sentences(_: Words) -> dict[str, str]:
    """What can be wrong with a supposed incident, by code, its fields still open."""
    return {
        "cost_kind": _("There is no such kind of incident: {what}."),
        "cost_persons": _("The number of persons is a whole number from 0 to {most}."),
        "cost_days": _("The days of stop are a whole number from 0 to {most}."),
        "cost_seed": _("The seed is a whole number from 0 to {most}."),
        "cost_insurance": _("Amounts of insurance are whole yen from 0 to {most}."),
        "cost_item": _("There is no such item of cost: {what}."),
        "cost_assumption": _("There is no such assumption: {what}."),
        "cost_assumed": _("This assumption is a whole number from 0 to {most}."),
        "cost_yen": _("This price is in whole yen from 0 to {most}."),
        "cost_order": _("The lowest value cannot be above the most likely one, nor that above the highest. Nothing was changed."),
        "cost_jnsa": _(
            "¥{value} per person is JNSA’s assumed damage of an old model, and far above what courts award. It is not a price here."
        ),
    }


def report_sentences(_: Words) -> dict[str, str]:
    """What can stand in the way of a report, by code, its fields still open."""
    return {
        "nothing_to_report": _("Nothing below {unit} reports in this quarter, so there is nothing to put into a report. Choose another unit or quarter."),
        "report_unit": _("There is no unit {unit} in this quarter, or you may not look at it."),
        "report_period": _("There is no quarter that begins on {period}."),
        "report_marking": _("A marking has at most {most} letters."),
        "template_unreadable": _("This template cannot be read as a PowerPoint file (.pptx). Open it in PowerPoint, save it as .pptx, and try again."),
        "template_macro": _("This template holds macros. Save it as .pptx without macros, and try again."),
        "template_no_layout": _("This template has no layout with a title. Add one in the slide master, and try again."),
        "template_too_large": _("This template is larger than {most} MB. Remove pictures from its master, and try again."),
        "font_missing": _("No Japanese font was found for the PDF. Run `make venv` again: it brings one."),
        "report_busy": _("{n} files are waiting to be made already. Wait until one of them is done, then try again."),
        "report_too_large": _("These files are larger than {megabytes} MB together. Choose fewer units, or make them one after the other."),
        "report_exists": _("{file} is there already. Choose another name, or say --force to replace it."),
        "report_unwritable": _("{file} cannot be written ({what})."),
        "report_gone": _("This file is not kept any longer. Make it once more."),
        "password_too_long": _("The password is too long for the {kind} file: {n}, and {most} at most. Choose a shorter one."),
        "password_signs": _("The password has signs that the {kind} file cannot take. Use letters, digits and common signs."),
    }  # fmt: skip


class _Fields(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def _sentence(code: str, _: Words) -> str:
    known = {
        **report_sentences(_),
        "locked": _("The database is busy. Wait a moment and try again."),
        "disk_full": _("The disk is full. Free some space, then try again."),
        "read_only": _("The data folder cannot be written. Check its owner and permissions (TENKEN_HOME)."),
        "unreachable": _("The database does not answer. Check that it runs and that TENKEN_DATABASE_URL is right."),
        "newer": _("This database was written by a newer version of Tenken. Start that version, or restore an older backup."),
        "period_closed": _("This quarter is closed, so it can no longer be changed."),
        "period_unsealed": _("{n} sheets of this quarter are not sealed yet. Seal them, then close the quarter."),
        "period_exists": _("This quarter is there already."),
        "period_overlaps": _("This quarter overlaps with an earlier one. Check the first month of the fiscal year."),
        "period_not_last": _("There is a later quarter already. Quarters are opened one after the other."),
        "sheet_draft": _("This sheet has not been submitted yet."),
        "sheet_submitted": _("This sheet has been submitted. Take it back, or have it returned, to change an answer."),
        "sheet_returned": _("This sheet was returned. It has to be submitted again first."),
        "sheet_approved": _("This sheet has been approved. A reviewer can return it, if an answer has to change."),
        "sheet_sealed": _("This sheet is sealed. It can never be changed again."),
        **{f"not_sealable_{state}": _("Only an approved sheet can be sealed.") for state in ("draft", "returned", "submitted")},
        "not_sealable_sealed": _("This sheet is sealed. It can never be changed again."),
        "setting_changed": _(
            "Somebody else has changed this in the meantime. What stands now is shown; change it again if it is still wrong."
        ),
        "scenario_changed": _(
            "Somebody else has changed this scenario in the meantime. Load what stands now, or save yours under another name."
        ),
        "scenario_exists": _("There is a scenario called “{name}” here already. Choose another name."),
        "scenario_name": _("A scenario needs a name of up to {n} letters."),
        "scenario_empty": _("Choose at least one question before saving."),
        "action_changed": _("Somebody else has changed this corrective action in the meantime."),
        "action_title": _("Say what is to be done."),
        "action_too_long": _("This text has {n} letters; {most} at most."),
        "action_question": _("{question}: there is no such question in this checklist."),
        "action_level": _("A level is a place on the scale from 0 to {most}."),
        "action_effort": _("Effort: from 0 to {most} person-days."),
        "action_cost": _("Cost: from 0 to {most} yen."),
        "action_due": _("Date due: from the year {first} to {last}."),
        "action_links": _("At most {most} links."),
        "action_link": _("“{link}” is no address of a page. Write it with https:// at the beginning."),
        "comment_missing": _("Write the comment first."),
        "sheet_changed": _("Somebody else has changed this sheet in the meantime. Look at it once more, then try again."),
        "own_sheet": _("You answered here yourself; somebody else has to approve it."),
        "to_reconfirm": _("{n} answers from last quarter are not confirmed yet."),
        "remark_required": _("Say in a remark what should be looked at again."),
        "person_required": _("Say who you are with --person: here, people have roles."),
        "no_company": _("There is no organisation yet. Start Tenken once, and it is made."),
        "no_period": _("There is no such quarter. `tenken period list` names them."),
        "no_unit": _("There is no unit {unit} here, or you may not look at it. `tenken audit list` names them."),
        "no_action": _("There is no corrective action {n} here. `tenken actions list` names them."),
        "no_such_person": _("{name} has no role here. Names are given under Administration."),
        "unit_in_use": _("{unit} has answers, or units below it. Give it an end date instead of removing it."),
        **{f"not_allowed_{action}": _("Your role does not allow this here. An administrator can change roles.") for action in ACTIONS},
        "answer_changed": _("Somebody else has changed this answer in the meantime."),
        **dict.fromkeys(
            ("unit", "period", "sheet", "content", "evidence", "scenario", "action"), _("This is not here any more. Reload the page.")
        ),
        "bad_setting": _("The setting {name} is not usable: {what}"),
        "database_url": _(
            "TENKEN_DATABASE_URL is not the address of a database. Example: postgresql+psycopg://user:password@localhost/tenken"
        ),
        "database_kind": _("TENKEN_DATABASE_URL: only SQLite files and PostgreSQL are supported."),
        "database_in_memory": _("TENKEN_DATABASE_URL: a database in memory would lose every answer. Name a file."),
        "database_driver": _("PostgreSQL needs the library {driver}: run make venv again."),
        "unreadable_text": _("The text has signs that cannot be stored. Remove them and try again."),
        "port_in_use": _("Port {port} is in use. Stop the other program or choose another one: TENKEN_PORT=8502."),
        "bad_host": _("The address {host} does not belong to this machine ({what}). Check TENKEN_HOST."),
        "exists": _("{file} is there already. Choose another name."),
        "missing": _("{file} is not there."),
        "foreign": _("{file} is not a backup of Tenken. Nothing was changed."),
        "newer_backup": _("This backup was made by a newer version of Tenken ({version}). Use that version. Nothing was changed."),
        "damaged": _("The backup is damaged ({what}). Take another one. Nothing was changed."),
        "other_kind": _("The backup holds a {theirs} database, and this installation uses {yours}. Nothing was changed."),
        "no_file": _("The database is not a file, so it cannot be copied from here."),
        "no_command": _("{command} is not installed; PostgreSQL’s client programs are needed for this."),
        "command": _("{command} did not succeed: {what}"),
        "evidence_empty": _("This file is empty."),
        "evidence_size": _("This file is larger than {megabytes} MB. Send a smaller one, or give a link."),
        "evidence_name": _("This file has no usable name, or one that is too long. Rename it and try again."),
        "evidence_kind": _("Files of this kind ({extension}) are not taken. Save it as one of these: {kinds}."),
        "evidence_disagrees": _("The name of this file ends in {extension}, but its content is {found}. Save it again as what it is."),
        "evidence_broken": _("This is no whole {extension} file. It may be damaged or cut off: save it again."),
        "evidence_mixed": _("There is something else in this {extension} file. Save it again, for example as PDF."),
        "evidence_active": _("This file holds macros, scripts or attached files. Save it without them, for example as PDF."),
        "evidence_locked": _("This file opens only with a password. Save it without one."),
        "evidence_swollen": _("This file unpacks to too much. Save it as PDF, or in parts."),
        "evidence_missing": _("The evidence file is not there any more. Attach it again, or restore a backup."),
        "evidence_damaged": _("The evidence file is damaged. Attach it again, or restore a backup."),
        "unknown_question": _("{question}: there is no such question in this checklist."),
        "unknown_choice": _("{question}: there is no level called {value}."),
        "reason_required": _("{question}: not applicable needs a reason."),
        "unreadable": _("{file}: cannot be read ({what})."),
        "target_profile": _("There is no set of targets called {what}."),
        "target_kind": _("{what} is no kind of unit."),
        "target_unknown": _("{what}: there is no such section or question with that level. Nothing was changed."),
        "import_refused": _("{n} problems in the file. Nothing was changed."),
        "bad_budget": _("{field}: {value} is no budget. Person-days go from 0 to 20,000 in steps of 0.5. Nothing was changed."),
        "plan_too_large": _("So many answers can be planned up to {value} person-days. Choose a smaller budget, or a unit below."),
        "bad_alpha": _("{field}: {value} is no α. It goes from 0 to 1, with at most three decimals. Nothing was changed."),
        "bad_effort": _(
            "{question}, level {level}: {value} is no effort. Person-days go from 0.5 to 20,000 in steps of 0.5. Nothing was changed."
        ),
        "bad_purchase": _("{question}, level {level}: {value} is no price. Whole yen from 0 to 100 billion. Nothing was changed."),
        "bad_day_rate": _("Day rate: {value} is none. Whole yen from 0 to 10 million. Nothing was changed."),
        "bad_efforts": _("The efforts that are kept for this company cannot be read. Write them anew."),
        **unit_sentences(_),
        **cost_sentences(_),
    }
    return known.get(code, _("Something went wrong ({code}). Try again; if it stays, restart Tenken."))
