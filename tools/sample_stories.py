"""The texts of the sample archive: an invented firm, its people, its conversations. Nobody and nothing in here is real.

A story is (subject, language, [(sender, [recipients], text), …]): each message answers the one before it. `kind` says
what later work has to find in it; "ordinary" is mail that must not be found.
"""

# key: name, address, client that writes the quotes, language, signature
PEOPLE = {
    "marlow": ("Dana Marlow", "dana.marlow@harrowvale.example", "outlook", "en", "Dana Marlow\nHead of Trading, Harrow & Vale Capital\nDirect: +44 20 7946 0101"),
    "okoye": ("Ifeanyi Okoye", "ifeanyi.okoye@harrowvale.example", "gmail", "en", "Ifeanyi Okoye | Analyst, Energy Desk"),
    "lind": ("Petra Lind", "petra.lind@harrowvale.example", "outlook", "de", "Mit freundlichen Grüßen\nPetra Lind\nCompliance, Harrow & Vale Capital GmbH"),
    "roux": ("Clément Roux", "clement.roux@harrowvale.example", "apple", "fr", "Clément Roux\nDirecteur commercial"),
    "sato": ("Mika Sato", "mika.sato@harrowvale.example", "gmail", "en", "Mika Sato\nOperations"),
    "vega": ("Lucía Vega", "lucia.vega@harrowvale.example", "gmail", "es", "Lucía Vega\nAtención a clientes"),
    "bianchi": ("Marco Bianchi", "marco.bianchi@harrowvale.example", "apple", "it", "Marco Bianchi\nUfficio di Milano"),
    "jansen": ("Anouk Jansen", "anouk.jansen@harrowvale.example", "outlook", "nl", "Met vriendelijke groet,\nAnouk Jansen"),
    "holm": ("Søren Holm", "soren.holm@harrowvale.example", "outlook", "da", "Venlig hilsen\nSøren Holm"),
    "duarte": ("Inês Duarte", "ines.duarte@harrowvale.example", "gmail", "pt", "Inês Duarte\nLisboa"),
    "orlova": ("Вера Орлова", "vera.orlova@harrowvale.example", "gmail", "ru", "С уважением,\nВера Орлова"),
    "pike": ("Gordon Pike", "gordon.pike@harrowvale.example", "lotus", "en", "Gordon Pike\nManaging Director"),
    "quill": ("Rosa Quill", "rosa.quill@harrowvale.example", "mobile", "en", "Rosa Quill"),
    "ames": ("Victor Ames", "v.ames@northlightpipe.example", "outlook", "en", "Victor Ames\nTreasurer, Northlight Pipelines"),
    "tarrant": ("Bea Tarrant", "bea.tarrant@tarrantadvisory.example", "gmail", "en", "Bea Tarrant\nTarrant Advisory"),
    "fenn": ("Joel Fenn", "joel.fenn@mailbox.example", "mobile", "en", "Joel"),
}

DISCLAIMER = {
    "en": "This e-mail and any attachments are confidential and intended solely for the addressee. If you have received this e-mail in error, please notify the sender immediately and delete it from your system.",
    "de": "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und vernichten Sie diese E-Mail.",
    "fr": "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de leurs destinataires. Si vous avez reçu ce message par erreur, merci d'en avertir immédiatement l'expéditeur et de le détruire.",
}

MISCONDUCT = [
    ("insider-dealing", "Northlight", "en", [
        ("ames", ["marlow"], "Dana,\n\nnot for your inbox really, but the board meets on Thursday and the Caldera offer will be accepted. Nothing is public before Monday's open."),
        ("marlow", ["ames"], "Understood. Let's not write about this any more - call my cell tonight, +44 7700 900123."),
        ("marlow", ["okoye"], "Buy Northlight for the house book, in small lots, through three brokers, and have it done before Friday's close. Do not put a reason on the tickets."),
        ("okoye", ["marlow"], "I do not see a research note behind this. What do I write if compliance asks?"),
        ("marlow", ["okoye"], "Say it is momentum. And delete this thread once you are filled. We'll talk on WhatsApp from here on."),
        ("okoye", ["marlow"], "Filled, 140,000 shares at an average of 11.82."),
    ]),
    ("information-barrier", "Draft rating change - Ostrava Steel", "en", [
        ("tarrant", ["okoye"], "Here is the draft of the downgrade. It goes out on the 14th, so treat it as embargoed until then."),
        ("okoye", ["marlow"], "Research is going to cut Ostrava to sell on the 14th. Flagging it before it is published, you didn't get this from me."),
        ("marlow", ["okoye"], "Good. Flatten the position today and tell nobody on the other side of the wall."),
        ("lind", ["marlow", "okoye"], "Why was the Ostrava position closed two days before the note was published? Please send me the order log by noon."),
        ("marlow", ["lind"], "Pure coincidence, we were rebalancing."),
    ]),
    ("bribery", "Permit for the Varna terminal", "en", [
        ("pike", ["tarrant"], "Bea, the ministry is slow again. What would it take for the permit to move this month?"),
        ("tarrant", ["pike"], "The deputy's brother has a consultancy. An invoice of 45,000 for \"site studies\" would be appreciated, half before the signature. No contract, please, and nothing from your own account."),
        ("pike", ["tarrant"], "Send the invoice to the Limassol company, IBAN CY17 0020 0128 0000 0012 0052 7600. Book it as marketing."),
        ("tarrant", ["pike"], "Done. He also mentioned the tickets for the final, for the family."),
        ("pike", ["sato"], "Please pay the attached invoice today, outside the usual run. I will explain it to audit myself."),
        ("sato", ["pike", "lind"], "I am not comfortable with this: there is no purchase order and the vendor is not on our list. Copying compliance."),
    ]),
    ("harassment", "Your tone in the meeting", "en", [
        ("pike", ["quill"], "You embarrassed me in front of the client today. One more word out of turn and you are finished in this building."),
        ("quill", ["pike"], "I only corrected the date of the settlement. I would like to speak about this with somebody from HR present."),
        ("pike", ["quill"], "HR works for me. Stupid girls who run to HR do not get contracts renewed. Wear something nicer on Thursday and smile, that is all you are there for."),
        ("quill", ["lind"], "I am forwarding this because I do not know whom else to tell. It has been going on since March."),
    ]),
    ("data-leaving", "client list", "en", [
        ("sato", ["fenn"], "Joel, sending the full client list and the fee schedule to your private address as you asked. You start there on the first, right? Keep me in mind."),
        ("fenn", ["sato"], "Got it, thanks. Can you get the model portfolios as well? Zip with a password, the mail filter won't look inside."),
        ("sato", ["fenn"], "Attached. Password: Falcon!2291"),
    ]),
    ("guarantee-and-complaint", "My investment", "en", [
        ("fenn", ["roux"], "In January you told me in writing that I could not lose money with this fund. I have lost a third of it. I want to make a formal complaint."),
        ("roux", ["fenn"], "Dear Joel, as I said, the fund is as good as guaranteed, 9 % a year, no risk. Give it until summer and you will have it all back, you have my word."),
        ("fenn", ["roux", "lind"], "Then put that guarantee on paper with a signature. Until then I am going to the ombudsman."),
        ("lind", ["roux"], "Clément, we never guarantee returns. Call me before you answer this complaint."),
    ]),
]

# Every kind of personal data, in sentences that people write.
PERSONAL_DATA = [
    ("SSN", "For the W-9: my SSN is 536-22-8714."),
    ("US_ITIN", "Her ITIN is 912-70-1234, it is on the tax return."),
    ("EMAIL", "Write to my private address, rosa.q (at) mailbox (dot) example, or to rosa.quill.home@mailbox.example."),
    ("PHONE", "Reach me on +44 20 7946 0958, or at (212) 555-0143 when I am in New York."),
    ("CARD", "Please charge the hotel to 4111 1111 1111 1111, expires 09/27."),
    ("IBAN", "The refund goes to DE89 3704 0044 0532 0130 00 at the savings bank."),
    ("IP", "The login came from 203.0.113.77, and later from 2001:db8:85a3::8a2e:370:7334."),
    ("MAC_ADDRESS", "The printer has the MAC address 00:1A:2B:3C:4D:5E."),
    ("ABA_ROUTING_NUMBER", "Wire it with ABA routing number 021000021."),
    ("US_BANK_NUMBER", "My bank account number is 004512347890 at the same branch."),
    ("US_PASSPORT", "US passport number 340020013, issued in Boston."),
    ("US_DRIVER_LICENSE", "My driver's license is D1234562, California."),
    ("CRYPTO", "He wanted it in bitcoin, to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa."),
    ("URL", "The feed is at https://reports:Winter2024!@feeds.harrowvale.example/daily."),
    ("AWS_ACCESS_KEY", "Somebody pasted the key AKIAIOSFODNN7EXAMPLE into the wiki."),
    ("JWT", "The token was eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJlLW9mLXRoZS1zYW1wbGU and it still worked."),
    ("PASSWORD", "The shared folder's password: Otter-Canyon-58"),
    ("UK_NHS", "My NHS number is 943 476 5919."),
    ("UK_NINO", "National insurance number AB123456C for payroll."),
    ("DE_TAX_ID", "Meine Steueridentifikationsnummer lautet 86095742719."),
    ("ES_NIF", "Mi NIF es 12345678Z."),
    ("IT_FISCAL_CODE", "Il mio codice fiscale è RSSMRA85T10A562S."),
    ("FI_PERSONAL_IDENTITY_CODE", "Henkilötunnukseni on 131052-308T."),
    ("PL_PESEL", "Mój numer PESEL to 44051401359."),
    ("SG_NRIC_FIN", "His NRIC is S1234567D."),
    ("IN_PAN", "The PAN on the form is ABCPE1234F."),
    ("AU_TFN", "My tax file number is 123 456 782."),
    ("DATE_OF_BIRTH", "Date of birth: 14 March 1979, as in the contract."),
]

# Ordinary conversations: (subject, language, people, texts)
ORDINARY = [
    ("Budget for the third quarter", "en", ["pike", "marlow", "sato"], [
        "All,\n\nplease send me your numbers for the third quarter by Wednesday. Travel stays where it was.",
        "Mine are in the shared sheet. The data feeds went up by four per cent, everything else is flat.",
        "Operations is flat as well, if we do not replace the second printer.",
        "Thank you both. We keep the old printer."]),
    ("Kick-off with Ostrava Steel", "en", ["okoye", "tarrant"], [
        "Hello Bea,\n\nwould Tuesday at ten suit you for the kick-off? We would bring the three scenarios.",
        "Tuesday works. Could we make it half past ten?",
        "Half past ten it is. The room is 4.02."]),
    ("Settlement of trade 20391", "en", ["sato", "ames"], [
        "The trade of the 3rd has not settled. Our custodian says that your instruction has the wrong place of settlement.",
        "Apologies, corrected this morning. Please match again.",
        "Matched. Thank you."]),
    ("Office move", "en", ["quill", "sato", "okoye", "lind"], [
        "Crates arrive on Friday. Please label yours with your name and the number of the new desk.",
        "Is there a list of the new desk numbers?",
        "It is on the notice board, and attached.",
        "Mine is missing: could you add me next to the window?"]),
    ("Quartalsbericht", "de", ["lind", "holm"], [
        "Guten Tag Søren,\n\nanbei der Entwurf des Quartalsberichts. Bitte prüfen Sie die Seiten drei bis sieben bis Freitag.",
        "Danke, die Zahlen auf Seite fünf stimmen nicht mit dem Hauptbuch überein.",
        "Gut gesehen, das war die alte Fassung. Die neue liegt im Ordner."]),
    ("Schulung zur Geldwäscheprävention", "de", ["lind", "jansen", "quill"], [
        "Liebe Kolleginnen und Kollegen,\n\ndie jährliche Schulung findet am 12. statt. Die Teilnahme ist verpflichtend.",
        "Ich bin am 12. in Rotterdam. Gibt es einen zweiten Termin?",
        "Ja, am 19. um neun Uhr."]),
    ("Présentation pour la banque", "fr", ["roux", "bianchi"], [
        "Bonjour Marco,\n\npeux-tu relire la présentation avant demain midi ? Les tableaux de la page quatre ont changé.",
        "Bonjour Clément, c'est relu. Il manque seulement la source du graphique.",
        "Merci beaucoup, je l'ajoute tout de suite."]),
    ("Cambio de dirección", "es", ["vega", "roux"], [
        "Hola Clément:\n\nun cliente nos pide cambiar su dirección. ¿Qué documento necesitamos?",
        "Basta una factura de luz o de agua de los últimos tres meses.",
        "Perfecto, se lo digo hoy mismo."]),
    ("Riunione di lunedì", "it", ["bianchi", "duarte"], [
        "Ciao Inês,\n\npossiamo spostare la riunione di lunedì alle quindici? Il mio treno arriva tardi.",
        "Certo, alle quindici va bene. Prenoto la sala piccola.",
        "Grazie mille, a lunedì."]),
    ("Relatório mensal", "pt", ["duarte", "vega"], [
        "Olá Lucía,\n\nsegue o relatório mensal. Faltam apenas os números de Madrid.",
        "Aquí van los números de Madrid, perdón por el retraso.",
        "Obrigada, já está tudo completo."]),
    ("Contract met de leverancier", "nl", ["jansen", "holm"], [
        "Beste Søren,\n\nhet contract met de leverancier loopt eind deze maand af. Verlengen we met een jaar?",
        "Ja, verleng maar, maar vraag om dezelfde prijs.",
        "Gedaan, ze gaan akkoord."]),
    ("Frokost på torsdag", "da", ["holm", "lind"], [
        "Hej Petra,\n\nskal vi spise frokost på torsdag og gennemgå planen for næste år?",
        "Gerne, jeg kommer klokken tolv.",
        "Fint, jeg bestiller et bord."]),
    ("Отчёт за неделю", "ru", ["orlova", "okoye"], [
        "Добрый день!\n\nОтправляю отчёт за неделю. Обратите внимание на третью таблицу, данные обновлены вчера.",
        "Thank you Vera, the third table is clear now. Could you add the volumes?",
        "Добавила объёмы в последнюю колонку."]),
    ("Power prices, day ahead", "en", ["okoye", "marlow", "ames"], [
        "Day-ahead settles at 71.40 in the north and 84.10 in the south; wind comes back on Thursday.",
        "What does your model say for the weekend?",
        "Around 55, unless the cable stays out.",
        "The cable is back on Saturday, says the operator."]),
    ("Invoice 2024-0117", "en", ["sato", "tarrant"], [
        "Dear Bea,\n\ninvoice 2024-0117 shows two days in June that were cancelled. Could you send a corrected one?",
        "You are right, sorry about that. The corrected invoice is attached.",
        "Received and booked."]),
    ("Interview on Monday", "en", ["quill", "okoye"], [
        "The candidate comes at nine. Would you take the technical part?",
        "Happy to. Forty minutes should do.",
        "Perfect, the room is booked."]),
]

CHAT = [
    ("desk", "marlow", "morning all, book is flat"),
    ("desk", "okoye", "wind forecast came down by two gigawatts"),
    ("desk", "marlow", "ok, lift the evening peak"),
    ("desk", "okoye", "done at 92"),
    ("desk", "marlow", "not in here. signal, the other group"),
    ("ops", "sato", "who owns the failing report? number is 20391"),
    ("ops", "quill", "me, it is the feed again, rerun at noon"),
    ("ops", "sato", "card for the courier please"),
    ("ops", "quill", "4111-1111-1111-1111 exp 09/27, don't tell anybody I wrote it here"),
    ("ops", "sato", "thanks, deleted on my side"),
    ("lunch", "holm", "kantinen har fisk i dag"),
    ("lunch", "lind", "dann komme ich mit"),
    ("lunch", "jansen", "ik ook, om twaalf uur"),
]
