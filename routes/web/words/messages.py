"""What messages and their failures are called, at the desk and in a file about an employee."""

from models.outbox.message import Channel

CHANNELS = {Channel.MAIL: "E-post", Channel.CRM: "CRM"}

KINDS = {
    "alerts": "Varsler om timer, svar, rapporter og fakturaer",
    "appointment_cancelled": "Timen er avlyst",
    "appointment_created": "Ny time",
    "appointment_expired": "Tilbudet om time er ute",
    "appointment_invitation": "Invitasjon til å velge time",
    "appointment_moved": "Timen er flyttet",
    "appointment_offered": "Tilbud om ledig time",
    "appointment_reminder": "Påminnelse om time",
    "appointment_waiting": "Plass på venteliste",
    "morning_news": "Morgenpost til kundeansvarlig",
    "order_cancelled": "Avbestilling til kundeansvarlig",
    "order_confirmation": "Bekreftelse på bestilling",
    "invoice_message": "Melding om faktura",
    "order_message": "Melding på bestilling",
    "order_placed": "Ny bestilling til kundeansvarlig",
    "order_progress": "Fremdrift i bestilling",
    "new_device": "Innlogging fra en ny nettleser",
    "recovery_code_used": "En gjenopprettingskode er brukt",
    "second_factor_added": "Totrinnsbekreftelse er slått på",
    "second_factor_removed": "Totrinnsbekreftelse er slått av",
    "sign_on_changed": "Innlogging med jobbkonto er endret",
    "email_changed": "E-postadressen er endret",
    "password_changed": "Passordet er endret",
    "password_forgotten": "Nytt passord",
    "password_invitation": "Invitasjon til portalen",
    "report_published": "Ny rapport",
    "time_given_back": "En time er gitt tilbake",
    "work_invitation": "Invitasjon til portalen",
    "work_account_linked": "Jobbkonto knyttet til brukeren",
    "booking.changed": "Booking endret",
    "booking.published": "Ny booking",
    "employee.added": "Ny ansatt",
    "employee.changed": "Ansatt endret",
    "employee.deactivated": "Ansatt deaktivert",
    "employee.erased": "Ansatt slettet",
    "employee.national_id_changed": "Fødselsnummer endret",
    "employee.reactivated": "Ansatt aktivert igjen",
    "employee.restated": "Ansatt fortalt på nytt",
    "invitation.declined": "Invitasjon avslått",
    "invitation.sent": "Invitasjon sendt",
    "order.cancelled": "Avbestilling",
    "order.message_added": "Melding på bestilling",
    "order.placed": "Ny bestilling",
    "order.progressed": "Fremdrift i bestilling",
    "order.reference_changed": "Referanse endret",
    "order.restated": "Bestilling fortalt på nytt",
    "sign_up.attendance": "Oppmøte",
    "sign_up.cancelled": "Avmelding",
    "sign_up.confirmed": "Påmelding bekreftet",
    "sign_up.created": "Ny påmelding",
    "sign_up.expired": "Tilbud utløpt",
    "sign_up.moved": "Påmelding flyttet",
    "sign_up.offered": "Plass tilbudt",
    "sign_up.restated": "Påmelding fortalt på nytt",
    "sign_up.waiting": "På venteliste",
}
"""By kind; the tests ask for each kind that is posted."""


def title(kind: str) -> str:
    """What a message is called."""
    return KINDS.get(kind, kind)


def reason(error: str) -> str:
    """What a failure means, with its own word for whoever looks into it."""
    code = error.rpartition(" ")[2]
    if error == "no valid address":
        return "Adressen er ikke gyldig"
    if error in {"http 401", "http 403"}:
        return f"CRM-et kjenner ikke igjen avsenderen ({error})"
    if error == "http 429" or error.startswith("http 5"):
        return f"CRM-et svarte med feil ({error})"
    if error.startswith("http "):
        return f"CRM-et tok ikke imot ({error})"
    if error.startswith("smtp 5"):
        return f"Mottakerens e-posttjener sa nei ({error})"
    if error.startswith("smtp "):
        return f"E-posttjeneren ba om å vente ({error})"
    return f"Portalen kunne ikke skrive den ({error})" if ":" in code else f"Ingen svarte ({error})"
