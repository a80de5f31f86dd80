"""Synonyms of support vocabulary in German and English, one line per meaning.

The vocabulary of messaging in general, not of one desk. Forms of a word need no entry: see `bot.search.tokens`.
"""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split())
    for line in """
        attachment attachments anhang anhänge dateianhang
        rejected reject refused abgelehnt abgewiesen zurückgewiesen ablehnung verweigert
        blocked block gesperrt blockiert sperre
        delivery deliver delivered versandbericht zustellung zugestellt zustellen auslieferung ausgeliefert
        undelivered undeliverable unzustellbar
        delay delayed late spät verzögerung verzögert verspätet verspätung
        queue queued stuck warteschlange hängt hängen
        sent send sending outbound outgoing versand versendet versenden senden gesendet ausgehend ausgehende verschickt
        received receive inbound incoming empfang empfangen eingehend eingehende erhalten
        recipient empfänger
        sender absender
        mail email e-mails mails
        message nachricht meldung
        error fehler fault failure failed fehlgeschlagen fehlermeldung
        outage down unavailable ausfall ausgefallen störung nicht-erreichbar
        timeout timed zeitüberschreitung
        abort aborted abbruch abgebrochen abbrechen bricht brechen disconnect disconnected
        release released freigabe freigegeben freigeben
        confirmation confirmations confirmed bestätigung bestätigungen bestätigt
        order orders bestellung bestellungen
        hour hours stunde stunden
        month months monthly monat monate monatlich
        connection connect verbindung verbinden
        certificate certificates zertifikat zertifikate
        expired abgelaufen ablauf
        encryption encrypted verschlüsselung verschlüsselt
        signature signed signatur signiert
        password passwort kennwort
        login logon signin anmeldung anmelden einloggen
        user users benutzer anwender nutzer
        quarantine quarantäne quarantined
        spam junk werbung
        filter filtered gefiltert
        missing lost vanished fehlt fehlen fehlend verloren verschwunden
        duplicate duplicated twice double doppelt doppelte mehrfach
        garbled corrupt corrupted broken kaputt beschädigt defekt unleserlich verstümmelt
        characters character zeichen sonderzeichen umlaute umlauts
        empty blank leer leere
        page pages seite seiten
        number numbers nummer rufnummer rufnummern
        busy besetzt belegt
        line leitung
        print printer drucken drucker gedruckt
        invoice invoices rechnung rechnungen
        report reports bericht berichte protokoll
        portal website webseite
        access zugriff zugang
        denied forbidden verboten
        size large big größe gross
        limit limits grenze obergrenze
        update updated upgrade aktualisierung aktualisiert
        restart restarted reboot neustart neugestartet
        configuration config settings konfiguration einstellung einstellungen
        rule rules regel regeln
        domain domäne
        address adresse adressen
        list liste
        customer customers kunde kunden endkunde
        server gateway
        forwarding forward weiterleitung weitergeleitet
        archive archived archiv archiviert archivierung
        search suche suchen
        virus malware schadsoftware
        scanner scan
        template vorlage
        unsubscribe abmelden abmeldung
        bounce bounced bounces unzustellbarkeit rückläufer
        slow langsam träge schleppend
        resolved fixed solved gelöst behoben
        workaround umgehung behelf
        cause ursache grund
        wrong incorrect falsch fehlerhaft
        partial partially teilweise
        intermittent sporadic sporadically sporadisch gelegentlich zeitweise
        language sprache
        time uhrzeit zeit zeitstempel timestamp
        offline unerreichbar unreachable
    """.strip().splitlines()
)
"""Groups of words with one meaning."""
