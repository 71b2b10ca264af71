"""Names that people of a Belgian school could bear; put together at random, they are nobody's."""

FAMILY = (
    "Abrassart", "Adam", "Aydin", "Baert", "Baudoux", "Ben Ali", "Bertrand", "Bodart", "Bouchat", "Brichard", "Carlier",
    "Claes", "Collard", "Cordier", "Da Silva", "De Backer", "Debruyne", "Dejardin", "Delcourt", "Delvaux", "Demir",
    "Denis", "Dewez", "Dubois", "Dupuis", "El Amrani", "Étienne", "Evrard", "Fontaine", "François", "Gérard", "Gillet",
    "Goffin", "Goossens", "Grégoire", "Hanssens", "Hermans", "Hubert", "Jacquemin", "Janssens", "Kowalski", "Lambert",
    "Lefèvre", "Lejeune", "Lemaire", "Léonard", "Louis", "Maes", "Mahieu", "Martin", "Massart", "Mertens", "Michaux",
    "Moreau", "Mukendi", "Nguyen", "Noël", "Öztürk", "Parmentier", "Peeters", "Petit", "Pirard", "Renard", "Rossi",
    "Saïdi", "Servais", "Simon", "Stassen", "Thiry", "Toussaint", "Van Damme", "Vandenberghe", "Verhoeven", "Vincent",
    "Wauters", "Wéry", "Willems", "Yildiz", "Zimmer",
)  # fmt: skip
GIVEN = {
    "M": (
        "Adrien", "Ahmed", "Alain", "Alexandre", "Antoine", "Benoît", "Bruno", "Cédric", "Christophe", "Damien",
        "David", "Emre", "Étienne", "Fabrice", "François", "Grégory", "Hugo", "Jean-Luc", "Jérôme", "Julien", "Karim",
        "Laurent", "Luc", "Marc", "Mathieu", "Nicolas", "Olivier", "Philippe", "Piet", "Quentin", "Raphaël", "Samir",
        "Simon", "Thomas", "Vincent", "Xavier", "Yves",
    ),
    "F": (
        "Aïcha", "Amélie", "Anne", "Aurélie", "Béatrice", "Bénédicte", "Caroline", "Céline", "Charlotte", "Chloé",
        "Delphine", "Élise", "Émilie", "Fatima", "Florence", "Françoise", "Hélène", "Inès", "Isabelle", "Jeanne",
        "Julie", "Karima", "Laura", "Leïla", "Louise", "Manon", "Marie", "Nathalie", "Noémie", "Océane", "Pauline",
        "Sabine", "Sarah", "Sofie", "Sophie", "Valérie", "Yasmina", "Zoé",
    ),
}  # fmt: skip
SUBJECTS = (
    "français", "mathématiques", "néerlandais", "anglais", "sciences", "histoire", "géographie", "éducation physique",
    "informatique", "musique", "philosophie et citoyenneté", "sciences économiques", "latin", "arts plastiques",
)  # fmt: skip
