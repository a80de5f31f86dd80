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
        duplicate duplicated twice double doppelt doppelte zweimal mehrfach
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
        request requests anfrage anfragen abfrage
        campaign campaigns kampagne kampagnen rundsendung broadcast massenversand massenfax
        placeholder placeholders platzhalter variable
        replace replaced ersetzt ersetzen ersetzung überschrieben overwritten
        open opened opening öffnen geöffnet öffnung öffnungen
        close closed schließen geschlossen
        read unreadable lesen lesbar unlesbar
        subject betreff betreffzeile
        zero null
        rate quote anteil
        phone mobile smartphone handy telefon mobiltelefon iphone
        device devices gerät geräte
        texts texted sms kurznachricht kurznachrichten textnachricht
        code codes passcode einmalpasswort einmalkennwort otp tan
        reminder erinnerung terminerinnerung
        appointment termin
        white weiß weiße
        black schwarz schwarze
        colour color farbe farbig
        font schriftart schrift
        cover deckblatt titelseite
        sheet blatt
        image images picture bild bilder
        document documents dokument dokumente unterlagen
        office excel
        upload uploaded hochladen hochgeladen batch stapel
        download herunterladen heruntergeladen
        link links verweis
        verteiler verteilerliste mailingliste distribution
        blacklist blocklist sperrliste blockliste
        allowlist whitelist freigabeliste ausnahmeliste
        suppression unterdrückung unterdrückt suppressed
        newsletter rundbrief rundschreiben
        auto-reply autoreply abwesenheitsnotiz abwesenheitsnotizen out-of-office abwesenheit
        migration moved moving umzug umgezogen wechsel migriert
        center centre rechenzentrum
        synchronisation synchronization sync abgleich synchronisierung
        directory verzeichnis
        employee employees mitarbeiter colleague colleagues kollege kollegen
        hospital krankenhaus klinik klinikum
        foreign abroad ausland
        swiss switzerland schweiz schweizer
        german germany deutschland
        hold held angehalten festgehalten zurückgehalten paused
        stop stopped stops gestoppt
        sequence reihenfolge
        part parts teil teile
        verified verify verification unverified geprüft verifiziert
        callback webhook rückmeldung statusrückmeldung
        status zustand
        receipt receipts quittung empfangsbestätigung empfangsbestätigungen lesebestätigung
        identification kennung absenderkennung
        interface schnittstelle
        endpoint endpunkt
        account konto konten
        transmission transmitted übertragung übertragen übermittlung
        telephone telefonanlage voip
        today heute
        yesterday gestern
        morning morgen früh
        night nacht nachts
        minute minutes minuten
        day days tag tage
        week weeks woche wochen
        thousands hundreds tausende hunderte
        unauthorized unauthorised unberechtigt invalid ungültig
        valid gültig gültige
        dashboard übersicht
        export exportieren
        audit prüfung revision
        maintenance wartung wartungsfenster
    """.strip().splitlines()
)
"""Groups of words with one meaning."""
