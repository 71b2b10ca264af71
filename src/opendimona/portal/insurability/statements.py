"""The comparison in SQL: one named statement for each step, one for each of the eight gaps.

Multiranges hold the days of a person: `paid`, what payroll pays for; `covered`, those of them within an accepted period
of the same employer and worker type; `open`, the others. Where the sources say only what a gap is, the
comments say what was assumed. An open day belongs to one gap alone, the first of G6, G5, G7, then G1, G2 or G3:
whoever mends that one needs no other.
"""

SIDE = """
    CREATE TEMP TABLE cover_raw (ssin bigint, number bigint, nsso bigint, worker_type text, first_day date,
                                 last_day date);
    CREATE TEMP TABLE pending_raw (number bigint, nsso bigint, birth text, first_day date, last_day date);
    CREATE TEMP TABLE replaced (former bigint, ssin bigint)"""
DROP = """
    DROP TABLE IF EXISTS cover_raw, pending_raw, replaced, paid, work, alias, cover, accepted, found CASCADE"""
COPIES = {
    "period": "COPY cover_raw FROM STDIN", "pending": "COPY pending_raw FROM STDIN",
    "replaced": "COPY replaced FROM STDIN",
}  # fmt: skip

# Assumed: every day from the first to the last of a line is a paid day, unless the line says that none is. Work and
# paid absence are days of work; arrears are such days of their own month. Deferred pay is for days after the work,
# recovery takes money back: no day of theirs has to be covered.
PAID = """
    CREATE TEMP TABLE paid AS
    SELECT ssin, employer_id, worker_type, school_id, range_agg(daterange(first_day, last_day, '[]')) AS days
      FROM insurability_line
     WHERE run_id = %(run)s AND kind IN ('work', 'absence', 'arrears') AND paid_days > 0
     GROUP BY ssin, employer_id, worker_type, school_id"""

# A period of the register, with the key of its employer.
COVER = """
    CREATE TEMP TABLE cover AS
    SELECT c.ssin, e.id AS employer_id, c.worker_type, c.number, daterange(c.first_day, c.last_day, '[]') AS days
      FROM cover_raw AS c JOIN schools_employer AS e ON e.nsso = c.nsso"""

# Other numbers under which the person of a line may be known. G6 of the list: a number that was replaced; a typing
# error (one digit of the last five, the birth date the same), looked for only where the check digits are wrong; a
# matricule that several numbers share in the extract.
ALIAS = """
    CREATE TEMP TABLE alias AS
    WITH who AS (SELECT DISTINCT ssin, ssin / 100 AS base, mod(ssin, 100) AS checks FROM paid),
         wrong AS (SELECT ssin FROM who
                    WHERE checks NOT IN (97 - mod(base, 97), 97 - mod(base + 2000000000, 97)))
    SELECT ssin, CAST(NULL AS bigint) AS other, 'wrong' AS reason FROM wrong
     UNION ALL
    SELECT who.ssin, r.ssin, 'replaced' FROM who JOIN replaced AS r ON r.former = who.ssin
     UNION ALL
    SELECT DISTINCT w.ssin, c.ssin, 'typing' FROM wrong AS w JOIN cover AS c ON c.ssin / 100000 = w.ssin / 100000
     WHERE (SELECT count(*) FROM generate_series(0, 4) AS place
             WHERE mod(c.ssin / (10 ^ place)::bigint, 10) <> mod(w.ssin / (10 ^ place)::bigint, 10)) = 1
     UNION ALL
    SELECT DISTINCT a.ssin, b.ssin, 'matricule'
      FROM (SELECT DISTINCT matricule, ssin FROM insurability_line WHERE run_id = %(run)s AND matricule <> '') AS a
      JOIN (SELECT DISTINCT matricule, ssin FROM insurability_line WHERE run_id = %(run)s AND matricule <> '') AS b
        ON b.matricule = a.matricule AND b.ssin <> a.ssin"""

ACCEPTED = """
    CREATE TEMP TABLE accepted AS
    SELECT ssin, employer_id, worker_type, range_agg(days) AS days FROM cover
     WHERE ssin IN (SELECT ssin FROM paid UNION ALL SELECT other FROM alias)
     GROUP BY ssin, employer_id, worker_type"""

# The lines of a person are united for each employer and type before anything is compared.
WORK = """
    CREATE TEMP TABLE work AS
    SELECT ssin, employer_id, worker_type, p.days AS paid, p.days * coalesce(a.days, '{}') AS covered,
           p.days - coalesce(a.days, '{}') AS open
      FROM (SELECT ssin, employer_id, worker_type, range_agg(days) AS days FROM paid
             GROUP BY ssin, employer_id, worker_type) AS p
      LEFT JOIN accepted AS a USING (ssin, employer_id, worker_type)"""

FOUND = """
    CREATE TEMP TABLE found (kind text, ssin bigint, employer_id bigint, worker_type text, days datemultirange,
                             number bigint, other_ssin bigint, other_employer bigint, other_type text)"""
LEFT = """
    UPDATE work SET open = work.open - f.days
      FROM (SELECT ssin, employer_id, worker_type, range_agg(days) AS days FROM found WHERE kind = %(kind)s
             GROUP BY ssin, employer_id, worker_type) AS f
     WHERE (f.ssin, f.employer_id, f.worker_type) = (work.ssin, work.employer_id, work.worker_type)"""
"""What a gap took is no longer open to the next."""

# G6: the days are covered under another number of the person. Assumed: under a number whose check digits are wrong
# nobody can be declared, so its days are a matter of identity whether another number was found or not.
G6 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days, other_ssin)
    SELECT 'G6', w.ssin, w.employer_id, w.worker_type,
           CASE WHEN bool_or(alias.reason = 'wrong') THEN w.open ELSE w.open * range_agg(a.days) END,
           min(alias.other) FILTER (WHERE a.ssin IS NOT NULL)
      FROM work AS w JOIN alias USING (ssin)
      LEFT JOIN accepted AS a ON a.ssin = alias.other AND a.employer_id = w.employer_id
                             AND a.worker_type = w.worker_type AND a.days && w.open
     WHERE NOT isempty(w.open)
     GROUP BY w.ssin, w.employer_id, w.worker_type, w.open
    HAVING bool_or(alias.reason = 'wrong') OR bool_or(a.ssin IS NOT NULL)"""

# G5: covered only under another employer (of those that the portal declares for), or under another type.
G5 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days, other_employer, other_type)
    SELECT 'G5', w.ssin, w.employer_id, w.worker_type, w.open * range_agg(a.days),
           (array_agg(a.employer_id ORDER BY a.employer_id, a.worker_type))[1],
           (array_agg(a.worker_type ORDER BY a.employer_id, a.worker_type))[1]
      FROM work AS w JOIN accepted AS a ON a.ssin = w.ssin AND a.days && w.open
     WHERE NOT isempty(w.open) GROUP BY w.ssin, w.employer_id, w.worker_type, w.open"""

# G7: only a declaration that waits for an identification covers the days. It has no SSIN yet. Assumed: same
# employer and same birth date, which the first six digits of the SSIN tell, is the same person until it is decided.
G7 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days, number)
    SELECT 'G7', w.ssin, w.employer_id, w.worker_type, w.open * range_agg(daterange(p.first_day, p.last_day, '[]')),
           min(p.number)
      FROM work AS w
      JOIN pending_raw AS p ON substr(translate(p.birth, '-', ''), 3)::bigint = w.ssin / 100000
      JOIN schools_employer AS e ON e.nsso = p.nsso AND e.id = w.employer_id
     WHERE NOT isempty(w.open) AND w.open && daterange(p.first_day, p.last_day, '[]')
     GROUP BY w.ssin, w.employer_id, w.worker_type, w.open"""

# G2: a period starts after the first paid day: open days with covered ones after them and none before.
G2 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days)
    SELECT 'G2', ssin, employer_id, worker_type, open * datemultirange(daterange(NULL, lower(covered)))
      FROM work WHERE NOT isempty(covered) AND open && daterange(NULL, lower(covered))"""

# G3: a period ends before the last paid day: open days with covered ones before them and none after.
G3 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days)
    SELECT 'G3', ssin, employer_id, worker_type, open * datemultirange(daterange(upper(covered), NULL))
      FROM work WHERE NOT isempty(covered) AND open && daterange(upper(covered), NULL)"""

# G1: paid days without accepted period, and none of the above: nothing covered at all, or a hole in the middle.
G1 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days)
    SELECT 'G1', ssin, employer_id, worker_type, open FROM work WHERE NOT isempty(open)"""

# G4: an open period, no pay for so many days. Assumed: only periods without an end, of employers that the extract
# holds lines of, and the last days of the extract. Deferred pay or recovery alone do not speak for an open period.
G4 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days, number)
    SELECT 'G4', c.ssin, c.employer_id, c.worker_type, datemultirange(daterange(%(quiet)s, NULL)), c.number
      FROM cover AS c
     WHERE upper_inf(c.days) AND lower(c.days) <= %(quiet)s
       AND c.employer_id IN (SELECT employer_id FROM paid)
       AND NOT EXISTS (SELECT FROM work AS w
                        WHERE w.ssin = c.ssin AND w.employer_id = c.employer_id
                          AND w.paid && daterange(%(quiet)s, NULL))"""

# G8: two periods at once of one employer, type and person, on a day of the extract.
G8 = """
    INSERT INTO found (kind, ssin, employer_id, worker_type, days, number)
    SELECT 'G8', ssin, employer_id, worker_type, range_agg(both_days), max(number)
      FROM (SELECT ssin, employer_id, worker_type, number,
                   datemultirange(days) * ahead * datemultirange(daterange(%(first)s, %(last)s, '[]')) AS both_days
              FROM (SELECT ssin, employer_id, worker_type, number, days, range_agg(days) OVER (
                           PARTITION BY ssin, employer_id, worker_type ORDER BY lower(days), number
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ahead
                      FROM cover) AS w
             WHERE days && ahead) AS o
     WHERE NOT isempty(both_days) GROUP BY ssin, employer_id, worker_type"""
GAPS = {"G6": G6, "G5": G5, "G7": G7, "G2": G2, "G3": G3, "G1": G1, "G4": G4, "G8": G8}
"""In this order."""

# What was found, for each school that pays for the days, a row for each stretch. `found_at` is that of the gap of
# the run before which shares a day with it.
KEEP_PAID = """
    INSERT INTO insurability_gap (run_id, kind, ssin, employer_id, school_id, worker_type, start, "end", days, number,
                                  other_ssin, other_employer_id, other_type, found_at, escalated_at)
    SELECT %(run)s, f.kind, f.ssin, f.employer_id, p.school_id, f.worker_type, lower(stretch), upper(stretch) - 1,
           upper(stretch) - lower(stretch), f.number, f.other_ssin, f.other_employer, coalesce(f.other_type, ''),
           coalesce(before.found_at, %(moment)s), before.escalated_at
      FROM found AS f JOIN paid AS p USING (ssin, employer_id, worker_type)
     CROSS JOIN LATERAL unnest(f.days * p.days) AS stretch
      LEFT JOIN LATERAL (
           SELECT min(g.found_at) AS found_at, min(g.escalated_at) AS escalated_at FROM insurability_gap AS g
            WHERE g.run_id = %(before)s AND g.ssin = f.ssin AND g.kind = f.kind AND g.employer_id = f.employer_id
              AND g.school_id = p.school_id AND daterange(g.start, g."end", '[]') && stretch) AS before ON true
     WHERE f.kind NOT IN ('G4', 'G8')"""
KEEP_PERIODS = """
    INSERT INTO insurability_gap (run_id, kind, ssin, employer_id, school_id, worker_type, start, "end", days, number,
                                  other_type, found_at)
    SELECT %(run)s, f.kind, f.ssin, f.employer_id, coalesce(m.opened_by_id, l.school_id), f.worker_type,
           lower(f.days), upper(f.days) - 1, 0, f.number, '', %(moment)s
      FROM found AS f LEFT JOIN staff_period AS m ON m.number = f.number
      LEFT JOIN LATERAL (SELECT school_id FROM insurability_line AS l WHERE l.run_id = %(run)s AND l.ssin = f.ssin
                          ORDER BY last_day DESC, line DESC LIMIT 1) AS l ON true
     WHERE f.kind IN ('G4', 'G8')"""
# A shared matricule is a gap of identity also where every day is covered: somebody's career holds another's days.
KEEP_MATRICULES = """
    INSERT INTO insurability_gap (run_id, kind, ssin, employer_id, school_id, worker_type, start, "end", days,
                                  other_ssin, other_type, found_at)
    SELECT %(run)s, 'G6', p.ssin, p.employer_id, p.school_id, p.worker_type, lower(p.days), upper(p.days) - 1, 0,
           a.other, '', %(moment)s
      FROM paid AS p JOIN (SELECT ssin, min(other) AS other FROM alias WHERE reason = 'matricule' GROUP BY ssin) AS a
     USING (ssin)
     WHERE NOT EXISTS (SELECT FROM found AS f WHERE f.kind = 'G6' AND f.ssin = p.ssin)"""
PEOPLE = """
    INSERT INTO insurability_person (run_id, ssin, employer_id, school_id, network, paid, uncovered)
    SELECT %(run)s, p.ssin, p.employer_id, p.school_id, o.network, range_agg(p.days),
           range_agg(p.days - coalesce(a.days, '{}'))
      FROM paid AS p LEFT JOIN accepted AS a USING (ssin, employer_id, worker_type)
      JOIN schools_school AS s ON s.id = p.school_id JOIN schools_organisingpower AS o ON o.id = s.power_id
     GROUP BY p.ssin, p.employer_id, p.school_id, o.network"""


def figures(level: str, subject: str) -> str:
    """The statement that counts coverage at a level, by what `subject` (an expression) tells apart."""
    return f"""
    INSERT INTO insurability_figure (run_id, level, subject, people, paid_days, covered_days)
    SELECT %(run)s, '{level}', subject, count(DISTINCT ssin), sum(paid), sum(paid - uncovered)
      FROM (SELECT subject, ssin,
                   (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(paid) AS r) AS paid,
                   (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(uncovered) AS r) AS uncovered
              FROM (SELECT {subject} AS subject, ssin, employer_id, range_agg(paid) AS paid,
                           range_agg(uncovered) AS uncovered
                      FROM insurability_person WHERE run_id = %(run)s GROUP BY 1, ssin, employer_id) AS united
           ) AS counted GROUP BY subject"""


FIGURES = (figures("community", "''"), figures("network", "network"), figures("school", "school_id::text"))
