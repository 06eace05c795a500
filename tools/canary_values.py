"""Made-up identifiers that pass their own checks: one generator for each type that `custos redact` masks.

Each generator takes a random.Random and gives a value nobody was given; its check digits follow the authority's rule,
written here anew, so that the program is not measured by its own arithmetic. KINDS joins them with the words that
introduce such a value in a sentence.
"""
import base64
import hashlib
import string

CONSONANTS = "BCDFGLMNPRSTVZ"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TOKEN = string.ascii_letters + string.digits


def digits(rng, count, first="123456789"):
    return rng.choice(first) + "".join(rng.choice(string.digits) for _ in range(count - 1))


def text(rng, alphabet, count):
    return "".join(rng.choice(alphabet) for _ in range(count))


def day(rng, form="{y:02}{m:02}{d:02}"):
    year = rng.randrange(40, 99)
    return form.format(y=year, Y=1900 + year, m=rng.randrange(1, 13), d=rng.randrange(1, 29))


def weighted(number, weights):
    return sum(int(digit) * weight for digit, weight in zip(number, weights))


def until(rng, make):
    """The first candidate that has a check digit at all."""
    while True:
        value = make(rng)
        if value is not None:
            return value


def luhn(number):
    """The digit that makes number + digit pass ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        double = int(digit) * (2 if place % 2 == 0 else 1)
        total += double - 9 if double > 9 else double
    return str(-total % 10)


def with_luhn(number):
    return number + luhn(number)


def mod_11_10(number):
    product = 10
    for digit in number:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return str((11 - product) % 10)


def crossed(number, weights):
    """Sum of the digits of each product."""
    return sum(sum(map(int, str(int(digit) * weight))) for digit, weight in zip(number, weights))


# ---- everywhere
def ssn(rng):
    return f"{rng.randrange(100, 660)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}"


def itin(rng):
    return f"9{rng.randrange(10, 99)}-{rng.randrange(70, 88)}-{rng.randrange(1000, 9999)}"


def email(rng):
    return f"{text(rng, string.ascii_lowercase, 8)}.{text(rng, string.ascii_lowercase, 6)}@{text(rng, CONSONANTS.lower(), 7)}.example"


def phone(rng):
    return f"{rng.randrange(201, 989)}-{rng.randrange(201, 989)}-{rng.randrange(1000, 9999)}"


def card(rng):
    number = with_luhn("4" + digits(rng, 14))
    return rng.choice([number, " ".join(number[i:i + 4] for i in range(0, 16, 4))])


def iban(rng):
    account = digits(rng, 18)
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02}{account}"


def ipv4(rng):
    return f"{rng.randrange(60, 99)}.{rng.randrange(100, 255)}.{rng.randrange(100, 255)}.{rng.randrange(100, 255)}"


def ipv6(rng):
    return "2001:db8:" + ":".join(text(rng, "123456789abcdef", 4) for _ in range(6))


def mac(rng):
    return ":".join(["a4"] + [text(rng, "0123456789abcdef", 2) for _ in range(5)])


def aba(rng):
    number = f"{rng.randrange(21, 32)}{digits(rng, 6)}"
    return number + str(-weighted(number, [3, 7, 1] * 3) % 10)


def bitcoin(rng):
    payload = b"\0" + rng.randbytes(20)
    payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, out = int.from_bytes(payload, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        out = BASE58[rest] + out
    return "1" + out


def ethereum(rng):
    return "0x" + rng.randbytes(20).hex()


def credential_url(rng):
    user, word = text(rng, string.ascii_lowercase, 7), text(rng, TOKEN, 12)
    return f"ftp://{user}:{word}@files.firm.example/drop"


def jwt(rng):
    part = (lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
    return part('{"alg":"HS256","typ":"JWT"}') + "." + part('{"sub":"' + digits(rng, 10) + '"}') + "." + text(rng, TOKEN, 43)


def private_key(rng):
    lines = "\n".join(text(rng, TOKEN, 64) for _ in range(4))
    kind = "RSA PRIVATE KEY"
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----"


# ---- Germany
def de_tax_id(rng):
    body = rng.sample(string.digits, 9)
    body.append(body[0])
    rng.shuffle(body)
    number = "".join(body)
    return None if number[0] == "0" else number + mod_11_10(number)


def de_vat_id(rng):
    number = digits(rng, 8)
    return "DE" + number + mod_11_10(number)


def de_social_security(rng):
    head = "15" + day(rng, "{d:02}{m:02}{y:02}")
    letter, serial = rng.choice(string.ascii_uppercase), digits(rng, 2, "0123456789")
    plain = head + f"{ord(letter) - 64:02}" + serial
    return head + letter + serial + str(crossed(plain, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10)


def de_health_insurance(rng):
    letter, number = rng.choice(string.ascii_uppercase), digits(rng, 8)
    return letter + number + str(crossed(f"{ord(letter) - 64:02}" + number, [1, 2] * 5) % 10)


def de_lanr(rng):
    number = digits(rng, 6)
    return number + str(-weighted(number, [4, 9] * 3) % 10) + rng.choice(["01", "03", "34"])


def de_document(rng):
    number = rng.choice("CFGHJK") + digits(rng, 3) + rng.choice("LMNPRTVWXYZ") + digits(rng, 3)
    values = [int(character, 36) for character in number]
    return number + str(sum(value * weight for value, weight in zip(values, [7, 3, 1] * 3)) % 10)


# ---- Europe
def fi_identity(rng):
    birth, serial = day(rng, "{d:02}{m:02}{y:02}"), f"{rng.randrange(100, 899)}"
    return f"{birth}-{serial}" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(birth + serial) % 31]


def se_organisation(rng):
    number = with_luhn("556" + digits(rng, 6))
    return number[:6] + "-" + number[6:]


def se_person(rng):
    number = with_luhn(day(rng) + digits(rng, 3))
    return number[:6] + "-" + number[6:]


def no_person(rng):
    number = day(rng, "{d:02}{m:02}{y:02}") + f"{rng.randrange(100, 499)}"
    for weights in ([3, 7, 6, 1, 8, 9, 4, 5, 2], [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]):
        check = -weighted(number, weights) % 11
        if check == 10:
            return None
        number += str(check)
    return number


def dk_person(rng):
    number = day(rng, "{d:02}{m:02}{y:02}") + f"{rng.randrange(100, 399)}"
    check = -weighted(number, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
    return None if check == 10 else f"{number[:6]}-{number[6:]}{check}"


def uk_nhs(rng):
    number = digits(rng, 9)
    check = -weighted(number, range(10, 1, -1)) % 11
    return None if check == 10 else f"{number[:3]} {number[3:6]} {number[6:]}{check}"


def uk_nino(rng):
    return rng.choice(["AB", "CE", "JK", "SX", "WM"]) + digits(rng, 6) + rng.choice("ABCD")


def uk_driver(rng):
    return (text(rng, CONSONANTS, 5) + digits(rng, 1) + day(rng, "{m:02}{d:02}") + digits(rng, 1) + text(rng, CONSONANTS, 2) + "9"
            + text(rng, CONSONANTS, 2))


def es_nif(rng):
    number = digits(rng, 8)
    return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def es_nie(rng):
    number = digits(rng, 7)
    return "Y" + number + "TRWAGMYFPDXBNJZSQVHLCKE"[int("1" + number) % 23]


def pt_nif(rng):
    number = "2" + digits(rng, 7)
    check = 11 - weighted(number, range(9, 1, -1)) % 11
    return number + str(check if check < 10 else 0)


def it_fiscal_code(rng):
    code = text(rng, CONSONANTS, 6) + day(rng, "{y:02}") + rng.choice("ABCDEHLMPRST") + day(rng, "{d:02}") + "H" + digits(rng, 3)
    odd = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                   [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
                    10, 22, 25, 24, 23]))
    even = (lambda c: int(c) if c.isdigit() else ord(c) - 65)
    return code + chr(65 + sum(odd[c] if i % 2 == 0 else even(c) for i, c in enumerate(code)) % 26)


def fr_nir(rng):
    number = f"2{day(rng, '{y:02}{m:02}')}{rng.randrange(10, 95)}{digits(rng, 6)}"
    return number + f"{97 - int(number) % 97:02}"


def nl_bsn(rng):
    number = digits(rng, 8)
    check = weighted(number, range(9, 1, -1)) % 11
    return None if check == 10 else number + str(check)


def be_register(rng):
    number = day(rng) + digits(rng, 3)
    return f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:]}.{97 - int(number) % 97:02}"


def ch_ahv(rng):
    number = "756" + digits(rng, 9)
    number += str(-weighted(number, [1, 3] * 6) % 10)
    return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"


def at_insurance(rng):
    serial, birth = digits(rng, 3), day(rng, "{d:02}{m:02}{y:02}")
    check = weighted(serial + birth, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11
    return None if check == 10 else f"{serial}{check} {birth}"


def pl_pesel(rng):
    number = day(rng) + digits(rng, 4)
    return number + str(-weighted(number, [1, 3, 7, 9] * 3) % 10)


def ru_inn(rng):
    number = "77" + digits(rng, 7)
    return number + str(weighted(number, [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10)


def ru_snils(rng):
    number = digits(rng, 9)
    check = weighted(number, range(9, 0, -1)) % 101 % 100
    return f"{number[:3]}-{number[3:6]}-{number[6:]} {check:02}"


def tr_identity(rng):
    number = digits(rng, 9)
    number += str((7 * sum(map(int, number[0::2])) - sum(map(int, number[1::2]))) % 10)
    return number + str(sum(map(int, number)) % 10)


# ---- America and Africa
def us_mbi(rng):
    letter = (lambda: rng.choice("ACDEFGHJKMNPQRTUVWXY"))
    number = (lambda: rng.choice("123456789"))
    return (number() + letter() + letter() + number() + "-" + letter() + letter() + number() + "-" + letter() + letter()
            + number() + number())


def us_npi(rng):
    number = "1" + digits(rng, 8)
    return number + luhn("80840" + number)


def us_dea(rng):
    number = digits(rng, 6)
    check = sum(map(int, number[0::2])) + 2 * sum(map(int, number[1::2]))
    return "B" + rng.choice(CONSONANTS) + number + str(check % 10)


def ca_sin(rng):
    number = with_luhn("5" + digits(rng, 7))
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def br_check(number, weights):
    check = 11 - weighted(number, weights) % 11
    return str(check if check < 10 else 0)


def br_cpf(rng):
    number = digits(rng, 9)
    number += br_check(number, range(10, 1, -1))
    number += br_check(number, range(11, 1, -1))
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def br_cnpj(rng):
    number = digits(rng, 8) + "0001"
    number += br_check(number, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
    number += br_check(number, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"


def mx_curp(rng):
    code = rng.choice(CONSONANTS) + "O" + text(rng, CONSONANTS, 2) + day(rng) + "HNE" + text(rng, CONSONANTS, 3) + digits(rng, 1)
    values = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")}
    return code + str(-sum(values[c] * (18 - i) for i, c in enumerate(code)) % 10)


def za_identity(rng):
    return with_luhn(day(rng) + digits(rng, 4) + "08")


# ---- Asia and Australia
def kr_resident(rng, sex="12", shift=11):
    number = day(rng) + rng.choice(sex) + digits(rng, 5)
    check = (shift - weighted(number, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10
    return f"{number[:6]}-{number[6:]}{check}"


def kr_business(rng):
    number = digits(rng, 9)
    total = weighted(number, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + int(number[8]) * 5 // 10
    return f"{number[:3]}-{number[3:5]}-{number[5:]}{-total % 10}"


def in_aadhaar(rng):
    number = digits(rng, 11, "3456789")
    multiply = (lambda a, b: (a + b) % 5 if a < 5 and b < 5 else (a + b) % 5 + 5 if a < 5 else (a - b) % 5 + 5 if b < 5
                else (a - b) % 5)
    permuted = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    for i in range(2, 8):
        permuted.append([permuted[i - 1][permuted[1][j]] for j in range(10)])
    check = 0
    for place, digit in enumerate(reversed(number), 1):
        check = multiply(check, permuted[place % 8][int(digit)])
    number += str([0, 4, 3, 2, 1, 5, 6, 7, 8, 9][check])
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def in_pan(rng):
    return text(rng, CONSONANTS, 3) + "P" + rng.choice(CONSONANTS) + digits(rng, 4) + rng.choice(CONSONANTS)


def in_gstin(rng):
    code = "27" + in_pan(rng) + "1Z"
    total = 0
    for place, character in enumerate(code):
        product = int(character, 36) * (1 + place % 2)
        total += product // 36 + product % 36
    return code + (string.digits + string.ascii_uppercase)[-total % 36]


def sg_nric(rng):
    number = digits(rng, 7)
    return "S" + number + "JZIHGFEDCBA"[weighted(number, [2, 7, 6, 5, 4, 3, 2]) % 11]


def sg_business(rng):
    number = digits(rng, 8)
    return number + "XMKECAWLJDB"[weighted(number, [10, 4, 9, 3, 8, 2, 7, 1]) % 11]


def th_identity(rng):
    number = rng.choice("12345") + "1" + digits(rng, 10)
    return number + str((11 - weighted(number, range(13, 1, -1)) % 11) % 10)


def cn_resident(rng):
    number = "110105" + day(rng, "{Y}{m:02}{d:02}") + digits(rng, 3)
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return number + "10X98765432"[weighted(number, weights) % 11]


def jp_my_number(rng):
    number = digits(rng, 11)
    rest = weighted(number, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
    number += str(11 - rest if rest > 1 else 0)
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def au_abn(rng):
    body = digits(rng, 9)
    total = weighted(body, [3, 5, 7, 9, 11, 13, 15, 17, 19])
    for head in range(10, 100):
        if ((head // 10 - 1) * 10 + head % 10 + total) % 89 == 0:
            return f"{head} {body[:3]} {body[3:6]} {body[6:]}"
    return None


def au_acn(rng):
    number = digits(rng, 8)
    return f"{number[:3]} {number[3:6]} {number[6:]}{-weighted(number, range(8, 0, -1)) % 10}"


def au_tfn(rng):
    number = digits(rng, 8)
    for check in range(10):
        if (weighted(number, [1, 4, 3, 7, 5, 8, 6, 9]) + 10 * check) % 11 == 0:
            return f"{number[:3]} {number[3:6]} {number[6:]}{check}"
    return None


def au_medicare(rng):
    number = "4" + digits(rng, 7)
    check = weighted(number, [1, 3, 7, 9, 1, 3, 7, 9]) % 10
    return f"{number[:4]} {number[4:]}{check} 1"


def shape(form):
    """Letters for A, digits for 0, the rest as it stands."""
    def make(rng):
        return "".join(rng.choice(CONSONANTS) if c == "A" else rng.choice("123456789") if c == "0" else c for c in form)
    return make


def token(prefix, count, alphabet=TOKEN):
    return lambda rng: prefix + text(rng, alphabet, count)


# type: (words before the value, generator). A type may have several, numbered behind a colon.
KINDS = {
    "SSN": ("my SSN is", ssn),
    "US_ITIN": ("ITIN", itin),
    "EMAIL": ("write to", email),
    "PHONE": ("call me at phone", phone),
    "CARD": ("credit card", card),
    "IBAN": ("pay to IBAN", iban),
    "IP:4": ("server IP", ipv4),
    "IP:6": ("server IP", ipv6),
    "MAC_ADDRESS": ("MAC", mac),
    "ABA_ROUTING_NUMBER": ("ABA routing number", aba),
    "US_BANK_NUMBER": ("bank account number", shape("00000000000")),
    "US_PASSPORT": ("passport number", shape("000000000")),
    "US_DRIVER_LICENSE": ("driver's license number", shape("A0000000")),
    "CRYPTO:bitcoin": ("bitcoin wallet", bitcoin),
    "CRYPTO:ethereum": ("ethereum wallet", ethereum),
    "URL": ("upload to", credential_url),
    "AWS_ACCESS_KEY": ("access key", token("AK" + "IA", 16, string.ascii_uppercase + string.digits)),
    "AWS_SECRET_KEY": ("aws_secret_access_key =", token("", 40)),
    "GCP_API_KEY": ("key", token("AI" + "za", 35)),
    "SLACK_TOKEN": ("bot", token("xo" + "xb-", 24)),
    "GITHUB_TOKEN": ("token", token("gh" + "p_", 36)),
    "GITLAB_TOKEN": ("token", token("gl" + "pat-", 20)),
    "STRIPE_KEY": ("stripe", token("sk" + "_live_", 24)),
    "API_KEY": ("model", token("sk" + "-proj-", 40)),
    "JWT": ("bearer", jwt),
    "PRIVATE_KEY": ("here it is:\n", private_key),
    "PASSWORD": ("password:", token("", 14)),
    "DE_TAX_ID": ("Steuer-ID", de_tax_id),
    "DE_VAT_ID": ("USt-IdNr", de_vat_id),
    "DE_HANDELSREGISTER": ("Amtsgericht Handelsregister", shape("HRB 000000")),
    "DE_SOCIAL_SECURITY": ("Sozialversicherungsnummer", de_social_security),
    "DE_HEALTH_INSURANCE": ("Krankenversicherungsnummer", de_health_insurance),
    "DE_LANR": ("LANR", de_lanr),
    "DE_ID_CARD": ("Personalausweis", de_document),
    "DE_PASSPORT": ("Reisepass", de_document),
    "DE_FUEHRERSCHEIN": ("Führerschein", shape("AA00000000A")),
    "DE_PLZ": ("Wohnort PLZ", shape("50000")),
    "DE_KFZ": ("Kennzeichen", shape("HH-AA 0000")),
    "FI_PERSONAL_IDENTITY_CODE": ("henkilötunnus", fi_identity),
    "SE_ORGANISATIONSNUMMER": ("organisationsnummer", se_organisation),
    "SE_PERSONNUMMER": ("personnummer", se_person),
    "NO_FNR": ("fødselsnummer", no_person),
    "DK_CPR": ("CPR", dk_person),
    "UK_NHS": ("NHS number", uk_nhs),
    "UK_NINO": ("national insurance", uk_nino),
    "UK_DRIVING_LICENCE": ("driving licence", uk_driver),
    "UK_PASSPORT": ("British passport", shape("000000000")),
    "ES_NIF": ("DNI", es_nif),
    "ES_NIE": ("NIE", es_nie),
    "ES_PASSPORT": ("pasaporte", shape("AAA000000")),
    "PT_NIF": ("contribuinte NIF", pt_nif),
    "IT_FISCAL_CODE": ("codice fiscale", it_fiscal_code),
    "IT_VAT_CODE": ("partita IVA", lambda rng: with_luhn(digits(rng, 7) + "058")),
    "IT_DRIVER_LICENSE": ("patente di guida", shape("AA0000000A")),
    "IT_PASSPORT": ("passaporto", shape("AA0000000")),
    "IT_IDENTITY_CARD": ("carta d'identità", shape("CA00000AA")),
    "FR_NIR": ("sécurité sociale", fr_nir),
    "NL_BSN": ("BSN", nl_bsn),
    "BE_NATIONAL_NUMBER": ("rijksregisternummer", be_register),
    "CH_AHV": ("AHV-Nummer", ch_ahv),
    "AT_SVNR": ("SVNR", at_insurance),
    "PL_PESEL": ("PESEL", pl_pesel),
    "RU_INN": ("ИНН", ru_inn),
    "RU_SNILS": ("СНИЛС", ru_snils),
    "TR_NATIONAL_ID": ("TC kimlik", tr_identity),
    "US_MBI": ("Medicare", us_mbi),
    "US_NPI": ("NPI", us_npi),
    "MEDICAL_LICENSE": ("DEA", us_dea),
    "CA_SIN": ("social insurance", ca_sin),
    "BR_CPF": ("CPF", br_cpf),
    "BR_CNPJ": ("CNPJ", br_cnpj),
    "MX_CURP": ("CURP", mx_curp),
    "ZA_ID_NUMBER": ("South African ID", za_identity),
    "KR_RRN": ("주민등록번호", kr_resident),
    "KR_FRN": ("외국인등록번호", lambda rng: kr_resident(rng, "56", 13)),
    "KR_BRN": ("사업자등록번호", kr_business),
    "KR_DRIVER_LICENSE": ("운전면허", shape("11-00-000000-00")),
    "KR_PASSPORT": ("여권", shape("M000A0000")),
    "IN_AADHAAR": ("Aadhaar", in_aadhaar),
    "IN_PAN": ("PAN", in_pan),
    "IN_GSTIN": ("GSTIN", in_gstin),
    "IN_VOTER": ("voter EPIC", shape("AAA0000000")),
    "IN_PASSPORT": ("Indian passport", shape("A0000000")),
    "SG_NRIC_FIN": ("NRIC", sg_nric),
    "SG_UEN": ("UEN", sg_business),
    "TH_TNIN": ("เลขประจำตัวประชาชน", th_identity),
    "CN_RESIDENT_ID": ("身份证号", cn_resident),
    "JP_MY_NUMBER": ("マイナンバー", jp_my_number),
    "AU_ABN": ("ABN", au_abn),
    "AU_ACN": ("ACN", au_acn),
    "AU_TFN": ("tax file number", au_tfn),
    "AU_MEDICARE": ("Medicare card", au_medicare),
}
# Only the profile `full` masks these.
FULL_KINDS = {
    "DATE_OF_BIRTH": ("date of birth:", lambda rng: day(rng, "{d:02}/{m:02}/{Y}")),
    "NAME": ("Dear Ms", lambda rng: "Quil" + text(rng, "aeiou", 1) + text(rng, "bdfglmnprst", 2) + text(rng, "aeiou", 1)
             + text(rng, "bdfglmnprst", 2) + "er"),
}


def value_of(kind, rng):
    return until(rng, {**KINDS, **FULL_KINDS}[kind][1])
