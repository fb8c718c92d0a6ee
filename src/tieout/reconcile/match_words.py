"""Decides nothing: the words that matching knows. Read by ``match_names``; written by hand for this project.

Every table is data: a new legal form, trade or abbreviation is a word here and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping


def _table(lines: str) -> dict[str, str]:
    """``meaning: word, two words`` per line, to word -> meaning."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        meaning, _, words = line.partition(":")
        for word in words.split(","):
            found[word.strip()] = meaning.strip()
    return found


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def _pairs(words: str, meanings: str) -> dict[str, str]:
    return dict(zip(words.split(), meanings.split(), strict=True))


LEGAL_FORMS: Mapping[str, str] = _table(
    """
    llc: llc, l l c, lllc, llcc, lcl, limited liability company, limited liability co, limited liability, lc, llc company
    pllc: pllc, p l l c, professional limited liability company, pl
    inc: inc, icn, innc, incc, incorporated, incorporation, corp, corporation, corpn, s corp, c corp
    pc: pc, p c, professional corporation, prof corp, apc, psc, sc
    pa: pa, p a, professional association
    llp: llp, l l p, limited liability partnership
    lllp: lllp
    lp: lp, l p, limited partnership
    gp: gp, general partnership
    ltd: ltd, limited, private limited, pvt ltd, pty ltd, pty limited, proprietary limited, pty, ltd co, co ltd
    plc: plc, p l c, public limited company
    ulc: ulc, unlimited liability company
    cic: cic, community interest company
    gmbh: gmbh, ges mbh, gesellschaft mit beschrankter haftung, mbh
    ag: ag, akg, aktg, aktiengesellschaft, aktiengeselschaft
    kg: kg, gmbh co kg, gmbh and co kg, co kg, and co kg, kommanditgesellschaft
    ug: ug, ug haftungsbeschrankt
    ev: e v
    sa: sa, s a, societe anonyme, sociedad anonima
    sarl: sarl, s a r l, societe a responsabilite limitee
    sas: sas, s a s, sasu
    srl: srl, s r l, societatea cu raspundere limitata, societate cu raspundere limitata, societa a responsabilita limitata
    spa: s p a, societa per azioni
    sadecv: sa de cv, sa de c v, s a de c v
    sderl: s de rl, s de rl de cv, s de rl de c v
    ltda: ltda, limitada, lda
    sl: s l, slu
    bv: bv, b v, besloten vennootschap
    nv: nv, n v
    ab: ab, aktiebolag
    as: a s, aksjeselskap, aktieselskab
    aps: aps, anpartsselskab
    oy: oy, oyj
    kk: kk, k k, kabushiki kaisha, kabushiki gaisha
    ooo: ooo, obshchestvo s ogranichennoy otvetstvennostyu, obshchestvo s ogranichennoi otvetstvennostyu
    jsc: jsc, ojsc, pjsc, cjsc, joint stock company, open joint stock company, public joint stock company, closed joint stock company, oao, pao, zao, ao, aktsionernoe obshchestvo, aktsionernoye obshchestvo, otkrytoe aktsionernoe obshchestvo, publichnoe aktsionernoe obshchestvo
    sdnbhd: sdn bhd, bhd
    doo: doo, d o o
    spzoo: sp z o o, spolka z o o
    sro: sro, s r o
    kft: kft
    """
)
"""Spelled-out words -> the form. Several countries; dotted forms arrive here without their dots."""

ALSO_CALLED: Mapping[str, str] = {"pllc": "llc", "lllp": "llp", "pc": "inc", "pa": "inc", "ulc": "ltd"}
"""A form people write as its plainer relative: ``PLLC`` as ``LLC``. Such pairs do not conflict."""

WEAK_FORMS = frozenset({"co", "company", "cos", "companies"})
"""Say "a business", not which form: dropped from comparison, never in conflict."""

ABBREVIATIONS: Mapping[str, str] = _table(
    """
    associates: assoc, assocs, assc, associate
    association: assn, asso
    services: svcs, svc, serv, servs, service, srvcs, srvc, svs
    international: intl, internatl
    national: natl
    manufacturing: mfg, manuf, mfrs, manufacturers
    management: mgmt, mgt, mgmnt, managment
    construction: constr, const, construct, constructions
    properties: props, prop, property
    investments: invest, invst, investment, invs, inv
    enterprises: ent, entp, enterprise, entrprs
    holdings: hldgs, hldg, holding
    brothers: bros, bro
    center: ctr, centre, cntr
    restaurant: rest, restaurants, rstrnt
    grill: grille
    deli: delicatessen
    department: dept
    community: cmty, comm
    foundation: fdn, fndn, found
    university: univ
    institute: inst
    insurance: ins
    technologies: tech, techs, technology
    systems: sys, system
    solutions: soln, solns, solution
    consulting: cnslt, consult, consultants, consultant
    contracting: contr, contractors, contractor
    engineering: eng, engr, engrg
    equipment: equip, eqpt
    electric: elec, electrical
    heating: htg
    plumbing: plmbg, plbg
    transportation: transp, trans, transport
    trucking: trkg
    medical: med
    dental: dntl, dentistry
    veterinary: vet
    physical therapy: pt
    real estate: re
    realty: rlty
    group: grp
    partners: ptnrs, ptrs, partner
    development: dev, devel, dvlpmt, developments, developers
    distributing: distr, dist, distributors, distribution
    supply: sply, supplies
    products: prod, prods, product
    industries: ind, inds, industry
    marketing: mktg
    advertising: adv, advtg
    agency: agcy
    automotive: auto, automobile
    bakery: bkry
    church: ch
    christian: chr
    committee: cmte
    council: cncl
    county: cnty
    district: dst
    financial: fin, fincl
    accounting: acctg, accts
    communications: commun, comms, communication
    mountain: mtn
    mount: mt
    saint: st
    fort: ft
    north: no
    northwest: nw
    northeast: ne
    southwest: sw
    southeast: se
    american: amer
    and: n
    laboratories: labs, lab, laboratory
    company: cpny
    pharmacy: phcy
    hospital: hosp
    landscaping: landscape, lndscp
    cleaning: cleaners
    restoration: restor
    rental: rentals
    school: sch
    """
)
"""Written -> meant, word by word, in names of organisations only."""

ORGANISATION_WORDS = words("""
    academy accounting advertising advisors advisory agency air alliance animal apartments appliance architects
    architecture art arts association associates attorneys auto automotive aviation bagels bakery bank bar barber
    beauty bistro books bookkeeping boutique brewery brewing brothers builders building business cabinets cafe
    capital care carpentry carpet catering center chamber charities charity chiropractic church cleaning clinic club
    coalition coffee college communications community concrete construction consulting contracting cooperative
    council county creative cycle dairy dance daycare deli demolition dental design designs detailing development
    diner distributing district drilling education electric electronics energy engineering enterprises entertainment
    environmental equipment equities events excavating exchange express farm farms fellowship fencing fertilizer
    financial fisheries fitness flooring florist flowers food foods foundation foundry framing freight fund funeral
    furniture gallery garage garden gardens gas glass global golf graphics grill grocery group guild gym hair hardware
    health healthcare heating holdings home homes hospital hospitality hotel hvac imaging imports industries inn
    institute insulation insurance interiors international investments ironworks jewelers jewelry kennel kitchen
    kitchens laboratories landscaping laundry law lawn league leasing library lighting limousine liquor lodge logistics
    lounge lumber machine maintenance management manor manufacturing marina marine market marketing masonry mechanical
    media medical medicine metal metals ministries mission mortgage motel motors museum music national network networks
    nursery nutrition office oil optical orchards organics orthodontics outfitters outreach packaging painting partners
    partnership parts party paving pediatrics pest pet pharmacy photo photography physical pizza plastics plaza plumbing
    pools pottery power preschool press printing productions products projects properties publishing radio ranch
    realtors realty recovery recycling remodeling rental repair research resort resources restaurant restoration retail
    roofing salon sales school sciences security services shelter shop signs society software solar solutions spa
    sports spirits stables staffing state stationery steel storage store stores studio studios supply surveying
    sushi systems tack tailor tavern tax taxi technologies temple textiles theater therapy tile tires title tool tools
    tours toys trading training transit transmission transportation travel tree trucking union university upholstery
    utilities valley ventures veterinary video village vineyard vineyards warehouse waste water wealth welding wellness
    wholesale winery wines wireless woodworks works workshop yoga youth ymca zoo
    """)
"""Words that say: this is no person. Meanings, as ``ABBREVIATIONS`` gives them."""

TRUST_WORDS: Mapping[str, str] = _table(
    """
    revocable: revocable, rev, revoc, revocabl
    irrevocable: irrevocable, irrev, irrv, irrevoc
    living: living, lvg, liv
    family: family, fam, fmly
    charitable: charitable, crt, crut, clat
    testamentary: testamentary, test
    marital: marital
    bypass: bypass, byp
    survivor: survivors, survivor
    special needs: special needs, snt
    grantor: grantor, grat, qprt
    insurance: ilit, insurance
    land: land
    """
)
"""What kind of trust. ``living`` and ``revocable`` are used for one another by nearly everybody."""

TITLES = words(
    "mr mrs ms miss mx dr prof rev fr sr hon sir dame lady lord capt col maj sgt rabbi pastor sister brother "
    "mister madam herr frau senor senora don dona mme mlle monsieur shaikh sheikh haji hajji"
)
CREDENTIALS = words("md dds dmd cpa esq esquire phd do dvm od rn jd mba cfp ea pe aia dc dpm np lcsw")
GENERATIONS: Mapping[str, str] = {
    **dict.fromkeys(("jr", "jnr", "junior"), "jr"),
    **dict.fromkeys(("sr", "snr", "senior"), "sr"),
    **dict.fromkeys(("ii", "2nd"), "2"),
    **dict.fromkeys(("iii", "3rd"), "3"),
    **dict.fromkeys(("iv", "4th"), "4"),
    "v": "5",
}
PARTICLES = words(
    "de da do dos das del della di du la le los las van von der den ter ten bin ibn al el st saint mac mc o y e abu "
    "ben bint dela san"
)
"""Belong to the surname that follows them."""

ROMAN: Mapping[str, str] = _pairs("ii iii iv vi vii viii ix xi xii xiii", "2 3 4 6 7 8 9 11 12 13")
LETTER_NUMERALS: Mapping[str, str] = {"i": "1", "v": "5", "x": "10"}
"""Numerals only where they end a name; elsewhere they are letters."""
NUMBER_WORDS: Mapping[str, str] = _pairs(
    "two three four five six seven eight nine ten first second third", "2 3 4 5 6 7 8 9 10 1 2 3"
)
STREET_WORDS: Mapping[str, str] = _table(
    """
    street: st, str
    avenue: ave, av
    boulevard: blvd, blv
    road: rd
    drive: dr
    lane: ln
    court: ct
    place: pl
    highway: hwy
    parkway: pkwy
    square: sq
    """
)
"""In addresses, and in companies named after one."""
TELLING_TRADES = words(
    "holdings properties management investments group capital realty development international enterprises ventures "
    "partners equities leasing rental assets fund"
)
"""Trades that owners give a second company: "Acme Holdings" beside "Acme" is seldom a slip."""


def _slips(meanings: Mapping[str, str]) -> dict[str, str]:
    """Every spelling one slip away from a key word, unless it is a word itself."""
    found: dict[str, str] = {}
    letters = "abcdefghijklmnopqrstuvwxyz"
    for word, meaning in meanings.items():
        for at in range(1, len(word) + 1):
            head, tail = word[:at], word[at:]
            variants = {head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]}
            variants.update(head + letter + rest for letter in letters for rest in (tail, tail[1:]))
            found.update(dict.fromkeys(variants, meaning))
    return {
        slip: meaning for slip, meaning in found.items() if slip not in meanings and slip not in _REAL_WORDS
    }


_REAL_WORDS = words(
    "trusty trusts truest estates tryst thrust trusted trustee trustees livings families familiar state est living loving "
    "giving lining liking firing"
)
MISSPELLED: Mapping[str, str] = _slips(
    {each: each for each in ("trust", "estate", "living", "family", "revocable", "irrevocable")}
)
"""Misspelled words that decide what kind of client it is."""
FILLERS = words("the of a an and at in for on to by de la le")
"""Words whose absence is no difference between two organisations."""

_SURNAMES_BY_RANK = """
    smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez
    wilson anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez
    lewis robinson walker young allen king wright scott torres nguyen hill flores green adams nelson baker
    hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards
    collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey
    reed kelly howard ramos kim cox ward richardson watson brooks chavez wood james bennett gray mendoza
    ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez
"""
COMMON_SURNAMES: Mapping[str, float] = {
    surname: 0.009 / (rank + 1) ** 0.55 for rank, surname in enumerate(_SURNAMES_BY_RANK.split())
}
"""Roughly how many of a hundred people in the United States have the surname, as a share; by rank, from memory of the
census lists. Only used until the lists at hand are long enough to tell."""
