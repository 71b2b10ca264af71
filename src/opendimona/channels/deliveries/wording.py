"""What happened, in the four languages; a sentence may hold the number of a declaration or period, never a worker."""

from opendimona.law.catalogue import Language, Text
from opendimona.register.interface import NoticeView
from opendimona.register.notices import kinds

RESULTS = {
    "A": Text("acceptée", "aanvaard", "angenommen", "accepted"),
    "W": Text(
        "acceptée avec avertissement", "aanvaard met waarschuwing", "mit Warnung angenommen", "accepted with a warning"
    ),
    "B": Text("refusée", "geweigerd", "abgelehnt", "refused"),
    "S": Text("en attente", "in behandeling", "in Bearbeitung", "pending"),
}
SENTENCES = {
    kinds.ANSWERED: Text(
        "La déclaration {number} est {result}.",
        "Aangifte {number} is {result}.",
        "Die Meldung {number} ist {result}.",
        "Declaration {number} is {result}.",
    ),
    kinds.PENDING: Text(
        "La déclaration {number} est en attente : la personne doit d'abord être identifiée.",
        "Aangifte {number} is in behandeling: de persoon moet eerst geïdentificeerd worden.",
        "Die Meldung {number} ist in Bearbeitung: die Person muss erst identifiziert werden.",
        "Declaration {number} is pending: the person has to be identified first.",
    ),
    kinds.SETTLED: Text(
        "La déclaration {number}, qui était en attente, est maintenant {result}.",
        "Aangifte {number}, die in behandeling was, is nu {result}.",
        "Die Meldung {number}, die in Bearbeitung war, ist jetzt {result}.",
        "Declaration {number}, which was pending, is now {result}.",
    ),
    kinds.CHANGED: Text(
        "La période Dimona {period} a été modifiée par un autre déclarant (déclaration {number}).",
        "Dimonaperiode {period} is gewijzigd door een andere aangever (aangifte {number}).",
        "Die Dimona-Periode {period} wurde von einem anderen Melder geändert (Meldung {number}).",
        "Dimona period {period} was changed by another declarant (declaration {number}).",
    ),
    kinds.LOCKED: Text(
        "La période Dimona {period} est verrouillée : seul l'ONSS peut encore la modifier.",
        "Dimonaperiode {period} is vergrendeld: alleen de RSZ kan ze nog wijzigen.",
        "Die Dimona-Periode {period} ist gesperrt: nur das LSS kann sie noch ändern.",
        "Dimona period {period} is locked: only the NSSO can still change it.",
    ),
    kinds.IMPORTED: Text(
        "La période Dimona {period} a été reprise dans le registre.",
        "Dimonaperiode {period} is in het register overgenomen.",
        "Die Dimona-Periode {period} wurde in das Register übernommen.",
        "Dimona period {period} was imported into the register.",
    ),
    kinds.UNDONE: Text(
        "L'identification du travailleur de la déclaration {number} a été annulée.",
        "De identificatie van de werknemer van aangifte {number} is ongedaan gemaakt.",
        "Die Identifizierung des Arbeitnehmers der Meldung {number} wurde rückgängig gemacht.",
        "The identification of the worker of declaration {number} was undone.",
    ),
    kinds.WORKER_RENUMBERED: Text(
        "Le NISS d'un travailleur a été remplacé ; consultez la déclaration ou la période {number}.",
        "Het INSZ van een werknemer is vervangen; raadpleeg aangifte of periode {number}.",
        "Die ENSS eines Arbeitnehmers wurde ersetzt; sehen Sie die Meldung oder Periode {number} ein.",
        "The SSIN of a worker was replaced; consult declaration or period {number}.",
    ),
    kinds.WORKER_CORRECTED: Text(
        "Les données d'identité d'un travailleur ont été corrigées ; consultez son dossier.",
        "De identiteitsgegevens van een werknemer zijn verbeterd; raadpleeg het dossier.",
        "Die Identitätsdaten eines Arbeitnehmers wurden berichtigt; sehen Sie die Akte ein.",
        "The identity data of a worker were corrected; consult the file.",
    ),
    kinds.EMPLOYER_RENUMBERED: Text(
        "Les numéros de l'employeur ont changé.",
        "De nummers van de werkgever zijn veranderd.",
        "Die Nummern des Arbeitgebers haben sich geändert.",
        "The employer's numbers have changed.",
    ),
    kinds.FILE_CHANGED: Text(
        "Le dossier d'un travailleur a changé ; consultez la déclaration ou la période {number}.",
        "Het dossier van een werknemer is gewijzigd; raadpleeg aangifte of periode {number}.",
        "Die Akte eines Arbeitnehmers hat sich geändert; sehen Sie die Meldung oder Periode {number} ein.",
        "The file of a worker has changed; consult declaration or period {number}.",
    ),
    kinds.REMINDER: Text(
        "La déclaration {number} attend encore l'identification de la personne.",
        "Aangifte {number} wacht nog op de identificatie van de persoon.",
        "Die Meldung {number} wartet noch auf die Identifizierung der Person.",
        "Declaration {number} still waits for the identification of the person.",
    ),
    kinds.ESCALATED: Text(
        "La déclaration {number} attend trop longtemps l'identification de la personne ; un agent doit s'en occuper.",
        "Aangifte {number} wacht te lang op de identificatie van de persoon; een medewerker moet er werk van maken.",
        "Die Meldung {number} wartet zu lange auf die Identifizierung der Person; ein Bearbeiter muss sich kümmern.",
        "Declaration {number} has waited too long for the identification of the person; an agent has to see to it.",
    ),
    kinds.TEST: Text(
        "Ceci est un essai : les avis de Dimona vous parviendront à cette adresse.",
        "Dit is een test: berichten van Dimona komen op dit adres aan.",
        "Dies ist ein Test: Mitteilungen von Dimona kommen unter dieser Adresse an.",
        "This is a test: notices of Dimona will reach you at this address.",
    ),
}
SUBJECT_MANY = Text(
    "Dimona : {count} avis", "Dimona: {count} berichten", "Dimona: {count} Mitteilungen", "Dimona: {count} notices"
)
SUBJECT_ONE = Text("Dimona : {sentence}", "Dimona: {sentence}", "Dimona: {sentence}", "Dimona: {sentence}")
EMPLOYER = Text("Employeur : {numbers}", "Werkgever: {numbers}", "Arbeitgeber: {numbers}", "Employer: {numbers}")
LATE = Text("Déclarée tardivement.", "Laattijdig aangegeven.", "Verspätet gemeldet.", "Declared late.")
FOOTER = Text(
    "Ce message ne nomme personne : les données se consultent dans Dimona même.",
    "Dit bericht noemt niemand: de gegevens staan in Dimona zelf.",
    "Diese Nachricht nennt niemanden: die Daten stehen in Dimona selbst.",
    "This message names nobody: the data can be consulted in Dimona itself.",
)


def sentence(notice: NoticeView, language: Language) -> str:
    """What happened, in a sentence."""
    number = notice.number or notice.period_number or ""
    result = "" if notice.result is None else RESULTS[notice.result][language]
    period = notice.period_number or number
    return SENTENCES[notice.kind][language].format(number=number, period=period, result=result)
