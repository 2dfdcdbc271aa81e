"""What codes are called where a person reads them: words of the interface, translated when they are shown.

The lists of `ground` bring their own labels in both languages; these words are for everything else.
"""

from collections.abc import Mapping
from typing import Final

from kieubao.ground import kinship, vocabulary
from kieubao.ground.errors import _
from kieubao.ground.vocabulary import Vocabulary

_FIELD: Final = {
    "code": _("Code"),
    "kind": _("Kind"),
    "name": _("Full name at birth"),
    "other_names": _("Other names"),
    "born": _("Date of birth"),
    "gender": _("Gender"),
    "form_of_address": _("Form of address"),
    "preferred_language": _("Language to write in"),
    "languages": _("Languages spoken"),
    "home": _("Home place, as written"),
    "home_text": _("Home place"),
    "home_unit": _("Unit it belongs to"),
    "home_epoch": _("List of units"),
    "home_code": _("Code of the unit"),
    "country": _("Country"),
    "region": _("State or region"),
    "city": _("City"),
    "address": _("Address"),
    "status": _("Status abroad"),
    "citizenship": _("Citizenship"),
    "generation": _("Generation"),
    "occupation": _("Occupation"),
    "occupation_group": _("Occupation group"),
    "sector": _("Economic sector"),
    "sector_version": _("List of sectors"),
    "workplace": _("Workplace"),
    "position": _("Position"),
    "education": _("Education"),
    "interests": _("Wishes to contribute to"),
    "note": _("Note"),
    "source": _("Source of the data"),
    "confirmed_on": _("Last confirmed on"),
    "legal_basis": _("Legal basis"),
    "legal_document": _("Document of the legal basis"),
    "created_at": _("Recorded at"),
    "changed_at": _("Changed at"),
    "text": _("Name, telephone number, e-mail or code"),
    "value": _("Number or address"),
    "owner": _("Whose it is"),
    "verified_on": _("Verified on"),
    "association": _("Association"),
    "role": _("Role"),
    "relative": _("Code of the relative"),
    "term": _("Is to this person"),
    "provinces": _("Province of origin (code)"),
    "communes": _("Commune of origin"),
    "home_units": _("Unit of origin, old or new (such as 2024:18673)"),
    "old_provinces": _("Province before 1/7/2025 (code)"),
    "age_from": _("Age from"),
    "age_to": _("Age to"),
    "associations": _("Association (code)"),
    "confirmed_since": _("Confirmed since"),
    "confirmed_before": _("Not confirmed since"),
    "consents_to": _("Agrees to"),
    "consent_channels": _("By one of these channels"),
    "filter": _("Of whom"),
    "scope": _("Scope"),
    "purposes": _("Purposes"),
    "purpose": _("Purpose"),
    "channels": _("Channels"),
    "channel": _("Channel"),
    "state": _("What was said"),
    "method": _("How it was said"),
    "signed_on": _("Day it was said or signed"),
    "evidence": _("Evidence"),
    "notice": _("Notice that was shown"),
    "capacity": _("Who said it"),
    "given_by": _("Legal representative, and why they speak"),
    "valid_until": _("Valid until"),
    "deceased_on": _("Day of death"),
    "restricted": _("Contact"),
    "reason": _("Reason"),
    "occasion": _("Occasion"),
    "title": _("Title"),
    "description": _("Description"),
    "place": _("Place"),
    "starts_on": _("Starts on"),
    "ends_on": _("Ends on"),
    "fields": _("Fields that leave"),
    "remarks": _("Remarks to the author"),
    "organisation": _("Organisation"),
    "formats": _("Formats"),
    "format": _("Format"),
    "until": _("Until the end of"),
    "agreement": _("Hand-over agreement"),
    "grant": _("Number of the grant"),
    "rows": _("Rows at most"),
    "pulls_a_day": _("Pulls a day at most"),
    "days": _("Days it is valid"),
    "permissions": _("Permissions"),
    "token": _("Name of the token"),
    "username": _("Sign-in name"),
    "password": _("Password"),
}

# Fields of a filter that hold several of what a field of a person holds one of.
SEVERAL: Final = {
    **{f"{one}s": one for one in ("kind", "gender", "citizenship", "generation", "occupation_group", "sector")},
    **{"countries": "country", "cities": "city", "statuses": "status", "educations": "education"},
}
_KIND: Final = {"abroad": _("Living abroad"), "home": _("Relative at home")}
_OWNER: Final = {"self": _("The person"), "relative": _("A relative"), "other": _("Somebody else")}
_LEGAL_BASIS: Final = {
    "consent": _("Consent of the person"),
    "19.1.a": _("Article 19.1.a: urgent protection of life or health"),
    "19.1.b": _("Article 19.1.b: emergency, security, crime"),
    "19.1.c": _("Article 19.1.c: work of a state agency as the law prescribes"),
    "19.1.d": _("Article 19.1.d: an agreement with the person"),
    "19.1.đ": _("Article 19.1.đ: another law"),
}
_PURPOSE: Final = {
    "registry": _("Keeping in the registry"),
    "events": _("Events and gatherings"),
    "investment": _("Calls for investment"),
    "information": _("News and bulletins"),
    "delegation": _("Delegations"),
    "protection": _("Citizen protection"),
    "via_relative": _("Contact through a relative"),
}
_CHANNEL: Final = {
    "phone": _("Telephone"),
    "sms": _("Text message"),
    "email": _("E-mail"),
    "zalo": _("Zalo"),
    "post": _("Letter"),
    "in_person": _("In person"),
}
_CONSENT: Final = {
    "given": _("Agreed"),
    "renewed": _("Agreed again"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn"),
    "expired": _("Expired"),
}
_METHOD: Final = {
    "paper": _("On paper"),
    "recorded_call": _("In a recorded call"),
    "sms": _("By text message"),
    "email": _("By e-mail"),
    "web": _("On a web page"),
    "other_printable": _("In another way that can be printed"),
}
_CAPACITY: Final = {"self": _("The person themself"), "representative": _("A legal representative")}
_REASON: Final = {
    "erased": _("Data erased"),
    "deceased": _("Deceased"),
    "restricted": _("Contact is restricted"),
    "minor": _("Under 16"),
    "withdrawn": _("Withdrew their consent"),
    "refused": _("Refused to be contacted"),
    "expired": _("Consent has expired"),
    "other_channel": _("Agreed, but to another channel"),
    "no_consent": _("Has not agreed to this purpose"),
}
_OCCASION: Final = {
    "event": _("Event"),
    "delegation": _("Delegation abroad"),
    "investment_call": _("Call for investment"),
    "bulletin": _("Bulletin"),
    "protection": _("Citizen protection case"),
}
_LIST_STATE: Final = {
    "draft": _("Draft"),
    "submitted": _("Waiting for approval"),
    "approved": _("Approved"),
    "closed": _("Closed"),
}
_ISSUE_STATE: Final = {"current": _("In force"), "superseded": _("Replaced by a newer one"), "recalled": _("Recalled")}
_FORMAT: Final = {"csv": _("CSV (text)"), "xlsx": _("XLSX (Excel)")}
_ROLE: Final = {
    "clerk": _("Clerk"),
    "approver": _("Approver"),
    "organizer": _("Organizer"),
    "police": _("Police officer"),
    "police_head": _("Head of a police unit"),
    "protection_officer": _("Data-protection officer"),
    "admin": _("Administrator"),
    "system": _("The system"),
}
_PERMISSION: Final = {
    "account:manage": _("Manage accounts"),
    "account:self": _("See one's own account"),
    "audit:read": _("Read the trail"),
    "consent:record": _("Record consent"),
    "grant:widen": _("Widen a grant"),
    "intake:run": _("Import people"),
    "list:approve": _("Approve and publish lists"),
    "list:draft": _("Draw up lists"),
    "list:pull": _("Pull granted issues"),
    "list:read": _("See lists"),
    "notice:write": _("Write notices"),
    "person:inspect": _("Inspect one record with a reason"),
    "person:read": _("Open records"),
    "person:search": _("Search people"),
    "person:write": _("Record and change people"),
    "reference:read": _("Read reference tables"),
}
_RESTRICTED: Final = {"true": _("Restrict contact"), "false": _("Lift the restriction")}
_PROBLEM: Final = {
    "400": _("This form could not be taken"),
    "403": _("You may not do this"),
    "404": _("There is nothing here"),
    "409": _("This cannot be done now"),
    "412": _("Somebody was faster"),
    "422": _("There is a problem"),
    "429": _("Too many tries; wait a little"),
    "500": _("Something went wrong here"),
    "503": _("This cannot be recorded now"),
}
# Names of HTTP errors and words of Flask-Security's sign-in, which are translated as they pass by.
HTTP: Final = (
    *(_("Bad Request"), _("Unauthorized"), _("Forbidden"), _("Not Found"), _("Method Not Allowed"), _("Not Acceptable")),
    *(_("Request Entity Too Large"), _("Request URI Too Long"), _("Unsupported Media Type")),
)
SIGN_IN: Final = (
    *(_("Authentication failed - identity or password/passcode invalid"), _("Password not provided")),
    *(_("Username not provided"), _("Account is disabled."), _("Username"), _("Password"), _("Login")),
    *(_("Specified user does not exist"), _("Invalid password"), _("This field is required.")),
)

WORDS: Final[Mapping[str, Mapping[str, str] | Vocabulary]] = {
    "field": _FIELD,
    "kind": _KIND,
    "owner": _OWNER,
    "legal_basis": _LEGAL_BASIS,
    "purpose": _PURPOSE,
    "channel": _CHANNEL,
    "consent": _CONSENT,
    "method": _METHOD,
    "capacity": _CAPACITY,
    "reason": _REASON,
    "occasion": _OCCASION,
    "list_state": _LIST_STATE,
    "issue_state": _ISSUE_STATE,
    "format": _FORMAT,
    "role": _ROLE,
    "permission": _PERMISSION,
    "restricted": _RESTRICTED,
    "problem": _PROBLEM,
    "gender": vocabulary.GENDER,
    "form_of_address": vocabulary.FORM_OF_ADDRESS,
    "status": vocabulary.STATUS_ABROAD,
    "citizenship": vocabulary.CITIZENSHIP,
    "generation": vocabulary.GENERATION,
    "occupation_group": vocabulary.OCCUPATION_GROUP,
    "sector": vocabulary.SECTOR,
    "education": vocabulary.EDUCATION,
    "interest": vocabulary.INTEREST,
    "kinship": kinship.KINSHIP,
}
