"""What people read about a gap, a bad line or a run that failed: what it is, and what to do."""

from django.utils.translation import gettext_lazy as _

from opendimona.portal.insurability.models import GapKind

ACTIONS = {
    GapKind.UNCOVERED: _("Déclarez l'entrée aujourd'hui : cette personne n'est pas assurée pour ces jours."),
    GapKind.LATE_START: _("Corrigez la date de début de la période, ou déclarez les premiers jours."),
    GapKind.EARLY_END: _("Prolongez la période jusqu'au dernier jour payé."),
    GapKind.OVER_DECLARED: _("Déclarez la sortie si cette personne est partie ; sinon vérifiez sa paie."),
    GapKind.OTHER_FEATURES: _("Déclarez sous l'employeur et le type qui paient, ou faites corriger la ligne de paie."),
    GapKind.IDENTITY: _("Comparez le NISS de la paie avec la carte d'identité et faites corriger celui qui est faux."),
    GapKind.PENDING: _("Attendez l'identification par l'ONSS ; relancez-la si elle dure plus de trois jours."),
    GapKind.DUPLICATE: _("Annulez la période de trop, ou terminez la première."),
}
SERIOUS = (
    GapKind.UNCOVERED, GapKind.LATE_START, GapKind.EARLY_END, GapKind.OTHER_FEATURES, GapKind.IDENTITY
)  # fmt: skip
"""Those by which somebody is not insured as they should be."""
SEVERITIES = {
    GapKind.UNCOVERED: ("no", "✕", _("critique")),
    GapKind.LATE_START: ("no", "!", _("élevé")),
    GapKind.EARLY_END: ("no", "!", _("élevé")),
    GapKind.OVER_DECLARED: ("wait", "○", _("moyen")),
    GapKind.OTHER_FEATURES: ("no", "!", _("élevé")),
    GapKind.IDENTITY: ("no", "!", _("élevé")),
    GapKind.PENDING: ("wait", "…", _("à suivre")),
    GapKind.DUPLICATE: ("wait", "○", _("moyen")),
}
"""Class, sign and word of each."""
REASONS = {
    "width": _("n'a pas le même nombre de colonnes que la première ligne, ou est trop longue : refaites l'export"),
    "ssin": _("le NISS n'a pas onze chiffres : complétez-le, zéros du début compris"),
    "school": _("aucun établissement ne porte ce numéro FASE ici : corrigez-le, ou faites ajouter l'école"),
    "employer": _("aucun employeur ne porte ce numéro ONSS ici : corrigez-le, ou faites ajouter l'employeur"),
    "category": _("catégorie inconnue : enseignant, auxiliaire, administratif, ouvrier ou etudiant"),
    "kind": _("nature inconnue : travail, absence, differe, arrieres ou recuperation"),
    "number": _("doit être un nombre entier, sans signe : corrigez-le"),
    "date": _("n'est pas une date : écrivez 2026-11-30 ou 30/11/2026"),
    "month": _("n'est pas un mois : écrivez 2026-11 ou 11/2026"),
    "order": _("la fin est avant le début : corrigez l'une des deux dates"),
    "span": _("la ligne couvre plus de 366 jours : coupez-la en plusieurs lignes"),
    "arrears": _("des arriérés restent dans le mois qu'ils concernent : une ligne par mois"),
    "days": _("plus de jours payés que de jours entre le début et la fin : corrigez-les"),
    "matricule": _("le matricule a au plus vingt signes, lettres, chiffres, point, barre, tiret ou espace"),
}
FAILURES = {
    "size": _("Le fichier dépasse 64 Mio : chargez-le en plusieurs parties."),
    "empty": _("Le fichier est vide : choisissez l'extrait de paie exporté."),
    "encoding": _("Le fichier n'est pas du texte : exportez l'extrait en CSV, en UTF-8 ou Windows-1252."),
    "columns": _("La première ligne doit nommer chaque colonne une fois : "
                 "niss, fase, employeur, categorie, debut, fin, jours, nature, mois (et matricule)."),
    "lines": _("Le fichier a plus d'un million de lignes : chargez-le en plusieurs parties."),
    "quotes": _("Un guillemet ouvert n'est jamais refermé : refaites l'export."),
    "nothing": _("Aucune ligne de travail, d'absence payée ou d'arriérés n'a pu être lue : voyez les lignes refusées."),
    "register": _("Le registre n'était pas accessible : chargez le fichier à nouveau dans quelques minutes."),
    "database": _("La comparaison n'a pas abouti : chargez le fichier à nouveau, puis prévenez l'exploitant."),
}  # fmt: skip
