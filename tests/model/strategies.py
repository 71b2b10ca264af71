"""Declarations drawn at random: mostly sound, crowded into two weeks so that they collide, now and then spoiled."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Body = dict[str, Any]

KINDS = [
    "OTH", "OTH", "OTH", "STU", "EXT", "EXT", "PACKAGE", "FLX", "FLX", "BCW", "STG", "TEMP", "TEMP", "DWD", "IVT",
    "PMP", "ALT",
]  # fmt: skip
DAYS = st.integers(0, 13)
LENGTHS = st.sampled_from([0, 0, 1, 1, 2, 3, 5, 9])
HOURS = st.sampled_from(["0000", "0600", "1100", "1500", "1800", "2200", "2359"])
USERS = {"0471149091": "302", "0479489311": "XXX", "0400767772": "124"}
MOMENTS = st.tuples(
    st.sampled_from([-90, -8, -2, -1, 0, 0, 1, 2, 3, 4, 6, 8, 10, 13, 17]),
    st.sampled_from(["00:00:01", "06:00:00", "07:30:00", "11:00:00", "16:45:10", "22:00:01", "23:59:59"]),
)
ODD_DATES = st.sampled_from(
    [
        "",
        "2024-13-01",
        "2024-6-3",
        "20240603",
        "2024-02-30",
        "0000-00-00",
        "9999-12-31",
        "1919-12-31",
        "1998-12-31",
        "2041-01-01",
        "today",
        "0001-01-01",
        "9999-12-30",
        "2024-06-03T00:00",
    ]
)
ODD_HOURS = st.sampled_from(["", "2560", "24:00", "11:00", "1", "11000", "-100", "noon"])
ODD_NUMBERS = st.sampled_from([0, -1, 1000, 7.5, 1e9])


@st.composite
def entries(draw: st.DrawFn, first: date) -> Body:
    """The `dimonaIn` block of an IN around `first`."""
    kind = draw(st.sampled_from(KINDS))
    start = first + timedelta(draw(DAYS))
    end = start + timedelta(draw(LENGTHS))
    block: Body = {"startDate": start.isoformat(), "features": {"workerType": kind, "jointCommissionNumber": "XXX"}}
    if kind in ("STG", "IVT") or (kind in ("OTH", "BCW", "DWD", "ALT") and draw(st.booleans())):
        block["endDate"] = end.isoformat()
    if kind in ("OTH", "DWD", "ALT"):
        block["features"]["jointCommissionNumber"] = draw(st.sampled_from(["XXX", "XXX", "140"]))
    if kind == "STU":
        block |= {"endDate": end.isoformat(), "plannedHoursNumber": draw(st.sampled_from([1, 8, 8.0, 40, 999]))}
    if kind == "BCW":
        block["features"]["jointCommissionNumber"] = "124"
        block["constructionControlCards"] = {"firstMonthC32ANumber": "1212", "nextMonthC32ANumber": "1313"}
    if kind in ("STG", "IVT"):
        block["smallStatutesInformation"] = {"employmentNature": "EMPLOYEE", "workerStatus": "F2"}
    if kind == "EXT":
        block["features"]["jointCommissionNumber"] = draw(st.sampled_from(["302", "302", "144"]))
        draw_hours(draw, block, start)
    if kind == "PACKAGE":
        block["features"] = {"workerType": "EXT", "jointCommissionNumber": "302"}
        block |= {"endDate": start.isoformat(), "startHour": draw(HOURS)}
    if kind == "FLX":
        if draw(st.booleans()):
            draw_hours(draw, block, start)
        else:
            block["endDate"] = (end + timedelta(1)).isoformat()
    if kind == "TEMP":
        draw_temporary(draw, block, start, end)
    return block


def draw_hours(draw: st.DrawFn, block: Body, start: date) -> None:
    """A stretch of hours on one day, or over midnight."""
    first, last = sorted((draw(HOURS), draw(HOURS)))
    if draw(st.sampled_from([True, True, True, False])):
        block |= {"endDate": start.isoformat(), "startHour": first, "endHour": last}
    else:
        block |= {"endDate": (start + timedelta(1)).isoformat(), "startHour": last, "endHour": first}


def draw_temporary(draw: st.DrawFn, block: Body, start: date, end: date) -> None:
    """Temporary agency work: the client's committee tells the worker's type."""
    number = draw(st.sampled_from(sorted(USERS)))
    committee = USERS[number]
    kind = {"302": "EXT", "XXX": "OTH", "124": "BCW"}[committee]
    block["features"] = {
        "workerType": kind,
        "jointCommissionNumber": "322",
        "usingEmployer": {"enterpriseNumber": number, "jointCommissionNumber": committee},
    }
    block["endDate"] = end.isoformat()
    if kind == "EXT":
        draw_hours(draw, block, start)
    if kind == "BCW":
        block["constructionControlCards"] = {"firstMonthC32ANumber": "1212", "nextMonthC32ANumber": "1313"}


@st.composite
def updates(draw: st.DrawFn, first: date) -> Body:
    """What an UPDATE gives beside the period number: usually one or two members."""
    block: Body = {}
    names = draw(
        st.lists(
            st.sampled_from(["startDate", "endDate", "endDate", "startHour", "endHour", "plannedHoursNumber"]),
            min_size=1,
            max_size=3,
        )
    )
    if draw(st.integers(0, 15)) == 0:
        names = []
    for name in names:
        if name == "startDate":
            block[name] = (first + timedelta(draw(st.integers(-2, 13)))).isoformat()
        elif name == "endDate":
            days = [*range(-2, 18)]
            day = draw(st.sampled_from([None, None, *days]))
            block[name] = "9999-12-31" if day is None else (first + timedelta(day)).isoformat()
        elif name == "plannedHoursNumber":
            block[name] = draw(st.sampled_from([1, 8, 40, 41.0]))
        else:
            block[name] = draw(HOURS)
    return block


@st.composite
def spoilt(draw: st.DrawFn, body: Body) -> Body:
    """The same declaration with one thing wrong with it, as hands and programs get things wrong."""
    body = deepcopy(body)
    block = next(block for name, block in body.items() if name.startswith("dimona"))
    names = sorted(
        name for name in ("startDate", "endDate", "startHour", "endHour", "plannedHoursNumber") if name in block
    )
    ways = ["odd"] if names else []
    if "dimonaIn" in body:
        ways += ["lose", "add", "feature", "worker", "employer", "name", "cards"]
    way = draw(st.sampled_from(ways)) if ways else ""
    if way == "odd":
        name = draw(st.sampled_from(names))
        block[name] = draw(
            ODD_DATES if name.endswith("Date") else ODD_NUMBERS if name.startswith("planned") else ODD_HOURS
        )
    if way == "lose":
        optional = sorted(set(block) - {"startDate", "features"})
        if optional:
            del block[draw(st.sampled_from(optional))]
    if way == "add":
        name, value = draw(
            st.sampled_from(
                [
                    ("startHour", "0800"),
                    ("endHour", "1700"),
                    ("plannedHoursNumber", 8),
                    ("constructionControlCards", {"firstMonthC32ANumber": "1212", "nextMonthC32ANumber": "1313"}),
                    ("smallStatutesInformation", {"employmentNature": "EMPLOYEE", "workerStatus": "F2"}),
                ]
            )
        )
        block.setdefault(name, value)
    if way == "feature":
        spoil_features(draw, block["features"])
    if way == "worker":
        body["worker"] = draw(st.sampled_from([{}, {"ssin": "78070739118"}, {"ssin": "123"}, {"ssin": "79051731001"}]))
    if way == "employer":
        body["employer"] = draw(st.sampled_from([{}, {"employerId": 175110802}, {"employerId": 131130710}]))
    if way == "name":
        name, value = draw(
            st.sampled_from([("familyName", "OTHER"), ("givenName", "OTHER"), ("birthDate", "1950-01-01")])
        )
        body["worker"] = {**body["worker"], name: value}
    if way == "cards" and "constructionControlCards" in block:
        block["constructionControlCards"] = {"firstMonthC32ANumber": "1212", "nextMonthC32ANumber": "1212"}
    return body


def spoil_features(draw: st.DrawFn, features: Body) -> None:
    """A wrong type, committee or client."""
    name = draw(st.sampled_from(["workerType", "jointCommissionNumber", "usingEmployer"]))
    if name == "workerType":
        features[name] = draw(st.sampled_from(["ABC", "oth", "", "OTH", "STU", "FLX", "EXT", "BCW", "PMP", "ALT"]))
    elif name == "jointCommissionNumber":
        features[name] = draw(st.sampled_from([None, "200", 200, "", "124", "302", "322", "XXX"]))
    elif "usingEmployer" in features:
        features[name] = draw(
            st.sampled_from(
                [
                    None,
                    {},
                    {"enterpriseNumber": "0471149091"},
                    {"jointCommissionNumber": "XXX"},
                    {"enterpriseNumber": "0471149091", "jointCommissionNumber": "322"},
                    {"enterpriseNumber": "0407585882", "jointCommissionNumber": "XXX"},
                ]
            )
        )
    else:
        features[name] = {"enterpriseNumber": "0471149091", "jointCommissionNumber": "XXX"}


@st.composite
def deformed(draw: st.DrawFn, body: Body, texts: st.SearchStrategy[Any], numbers: st.SearchStrategy[Any]) -> Body:
    """The same declaration with some of its values replaced by others of the same JSON type."""
    body = deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        places = sorted(leaves(body), key=str)
        if places:
            *path, last = draw(st.sampled_from(places))
            block = body
            for name in path:
                block = block[name]
            own = ODD_DATES if last.endswith("Date") else ODD_HOURS if last.endswith("Hour") else texts
            block[last] = draw(own | texts if isinstance(block[last], str) else numbers)
    return body


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all texts and numbers in a body."""
    if isinstance(value, dict):
        return [leaf for name, member in value.items() for leaf in leaves(member, (*path, name))]
    return [path] if value is not None else []
