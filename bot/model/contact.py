"""People in Slack, support contacts of the partner, and end-customers."""

from __future__ import annotations

from datetime import date

from bot.core.company_names import spelling_word, written_out
from bot.core.i18n import Language
from bot.core.identifiers import fold, words_in
from bot.model.ticket import Level, Record, Words


class Person(Record):
    """A person in Slack, as the workspace knows them."""

    id: str
    name: str
    email: str = ""
    """Address of their profile; empty where Slack does not give it."""
    zone: str = "UTC"
    """IANA time zone of their profile."""
    locale: str = ""
    """Locale of their Slack, e.g. `de-DE`; empty for people of other organisations."""
    is_guest: bool = False
    is_external: bool = False
    """True for a person of another organisation, in a shared channel (Slack Connect)."""
    is_active: bool = True
    is_bot: bool = False

    @property
    def is_staff(self) -> bool:
        """True for a full, active member of the partner's own workspace: every right requires it (guide 2.1, 2.2)."""
        return self.is_active and not (self.is_guest or self.is_external or self.is_bot)


class ContractException(Record):
    """The contract by which a person who is not an employee of the partner may use EAS (guide 2.2)."""

    reference: str
    """The individual contract."""
    approver: str
    expires: date
    """The last day it holds."""


class Contact(Record):
    """A support contact of the partner, as registered (guide 1.f, 2.1, 2.2, 2.3, 2.6)."""

    slack_user: str
    name: str
    email: str
    phone: str
    """Number as it is dialled from abroad, with its extension: `+49 89 12345679`. Older entries: E.164."""
    levels: tuple[Level, ...] = ()
    authorised_since: date | None = None
    attested_on: date | None = None
    """The day they attested to know the support processes (guide 2.3); no authorisation without it."""
    webinars_on: date | None = None
    """The day they took part in the onboarding webinars (guide 2.6)."""
    has_eas: bool = False
    """True for access to the Enterprise Administration Services Portal. Its password is never asked for."""
    is_employee: bool = True
    exception: ContractException | None = None
    suspended_on: date | None = None
    suspended_why: str = ""
    guides_asked: str = ""
    """The edition of the guides that was handed over last."""
    guides_known: str = ""
    """The edition they acknowledged last, and when."""
    guides_known_on: date | None = None
    changed_by: str = ""
    """Slack user id of the admin who changed this entry last; empty when desk.toml or Slack did."""

    def is_authorised(self, level: Level, on: date) -> bool:
        """True if the contact may speak to Retarus for that level on that day."""
        return (
            level in self.levels
            and self.suspended_on is None
            and self.authorised_since is not None
            and self.authorised_since <= on
            and self.attested_on is not None
            and self.attested_on <= on
        )

    def may_use_eas(self, on: date) -> bool:
        """True by guide 2.2: the partner and its employees, or by an individual contract that is still valid."""
        by_contract = self.exception is not None and on <= self.exception.expires
        return self.has_eas and self.suspended_on is None and (self.is_employee or by_contract)


class EndCustomer(Record):
    """An end-customer of the partner."""

    id: str
    name: Words
    tenants: tuple[str, ...] = ()
    """Tenants or dedicated customer IDs with Retarus: `12345RS`."""
    agreement: Words = ""
    """Reference of the agreement on their support (guide, covering documents)."""
    contacts: Words = ""
    """The customer's own people, for ours to call. Nothing is ever sent to them."""
    language: Language | None = None
    """Language of the texts for this customer; None: as the ticket is written."""
    also: tuple[Words, ...] = ()
    """Other names of the same customer, under which tickets were raised."""
    is_learned: bool = False
    """True while nobody but a ticket has named them: no admin saved this entry."""

    @property
    def folded(self) -> str:
        """The key of the name, which all its spellings share."""
        return fold(self.name)

    @property
    def words(self) -> tuple[str, ...]:
        """Search words of the customer: the words of each name, also without accents, its spelling, and their IDs."""
        names = (self.name, *self.also)
        words = {word for each in names for word in words_in(each)}
        return tuple(sorted({*words, *map(written_out, words), *map(spelling_word, names), *map(fold, self.tenants)}))
